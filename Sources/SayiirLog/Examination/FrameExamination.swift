/// What stands where a frame stands, or should: its fields, which checks it passes, and whether one flipped bit explains
/// that it fails. Pure: bytes and position in, findings out.
package struct FrameExamination: Sendable {
    /// One of the four checks of `docs/FORMAT.md`, "Reading".
    package struct Check: Hashable, Sendable {
        /// How it went.
        package enum Outcome: Hashable, Sendable {
            case passed
            case failed(expected: String, found: String)
            /// It needs what an earlier one found wrong.
            case notReached
        }

        /// The check's number in the format.
        package let number: Int
        /// What it looks at.
        package let subject: String
        package let outcome: Outcome
    }

    /// The frame's offset in its file.
    package let offset: Int
    /// The bytes that were looked at: from the frame's start to its end, or as far as that is known.
    package let bytes: [UInt8]
    /// The header's fields, as far as the file has them.
    package let fields: [FormatField]
    /// The four checks, in order.
    package let checks: [Check]
    /// Whether the frame before is known, and so the sequence and the digest that this one must continue.
    package let isChainKnown: Bool
    /// The frame, if it passes all checks.
    package let frame: Frame?
    /// The bit that, turned back, makes it pass all checks, the chain's included.
    package let flippedBit: FlippedBit?
    /// The frame with that bit turned back.
    package let restored: Frame?

    /// What `docs/FORMAT.md` says of the frame's header, if it is right as it stands and belongs here.
    let header: FrameHeader?

    /// The offset behind the frame, if it is known how far it reaches.
    package var end: Int? { (frame ?? restored)?.end ?? header.map { offset + $0.extent } }

    /// Whether the bytes begin as a frame does, but for a bit: otherwise they may be anything, payloads too.
    package var beginsAsFrame: Bool {
        bytes.withUnsafeBytes {
            $0.count >= 4 && ($0.loadLittleEndian(0, as: UInt32.self) ^ FrameHeader.magic).nonzeroBitCount <= 1
        }
    }

    /// Looks at `bytes`, which start at the position and reach to the frame's end if the file does.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes from the position on.
    ///   - position: Where they stand. Its sequence and digest count only if the chain is known.
    ///   - isChainKnown: Whether what came before is known.
    init(_ bytes: UnsafeRawBufferPointer, at position: FramePosition, isChainKnown: Bool) {
        offset = position.offset
        self.isChainKnown = isChainKnown
        fields = FormatField.ofFrame(bytes, checksumSeed: position.checksumSeed)
        let found = Self.decode(bytes, at: position, isChainKnown: isChainKnown)
        frame = try? found.get()
        let header = FrameHeader(decoding: bytes, checksumSeed: position.checksumSeed)
        self.header = header.flatMap { Self.placeDefect(of: $0, position, isChainKnown) == nil ? $0 : nil }
        var checks = Checks(bytes: bytes, position: position, isChainKnown: isChainKnown)
        checks.run(header, found)
        self.checks = checks.results
        var flippedBit: FlippedBit?
        var restored: Frame?
        // Without the frame before, nothing could hold the chain's digest against a guess.
        if frame == nil && isChainKnown, let bit = Self.suspect(in: bytes, header, position.checksumSeed) {
            var copy = Array(bytes)
            copy[bit / 8] ^= 1 << UInt8(bit % 8)
            restored = copy.withUnsafeBytes { try? Self.decode($0, at: position, isChainKnown: true).get() }
            if restored != nil {
                flippedBit = FlippedBit(offset: position.offset + bit / 8, bit: bit % 8, found: bytes[bit / 8])
            }
        }
        self.flippedBit = flippedBit
        self.restored = restored
        let extent = (frame ?? restored)?.extent ?? self.header?.extent ?? bytes.count
        self.bytes = Array(bytes.prefix(extent))
    }

    /// How many bytes a look at the frame that begins with `start` needs; no more than a frame can have.
    static func extent(ofFrameBeginningWith start: UnsafeRawBufferPointer, at position: FramePosition) -> Int? {
        var header = FrameHeader(decoding: start, checksumSeed: position.checksumSeed)
        if header == nil, let bit = SingleBitError.bit(ofFrameHeader: start, checksumSeed: position.checksumSeed) {
            var copy = Array(start.prefix(FrameHeader.byteCount))
            copy[bit / 8] ^= 1 << UInt8(bit % 8)
            header = copy.withUnsafeBytes { FrameHeader(decoding: $0, checksumSeed: position.checksumSeed) }
        }
        guard let header, Int(header.storedLength) <= Limits.bodyBytes else { return nil }
        return header.extent
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, at position: FramePosition, isChainKnown: Bool
    ) -> Result<Frame, FrameDefect> {
        Result { () throws(FrameDefect) in
            try FrameDecoder.decode(bytes, at: position.unbound(unless: isChainKnown, bytes), chained: isChainKnown)
        }
    }

    fileprivate static func placeDefect(
        of header: FrameHeader, _ position: FramePosition, _ isChainKnown: Bool
    ) -> FrameDefect? {
        var position = position
        if !isChainKnown { position.nextSequence = header.firstSequence }
        do throws(FrameDefect) {
            _ = try FrameDecoder.checkPlace(of: header, at: position)
            return nil
        } catch {
            return error
        }
    }

    /// The bit that a checksum points at.
    private static func suspect(
        in bytes: UnsafeRawBufferPointer, _ header: FrameHeader?, _ checksumSeed: UInt32
    ) -> Int? {
        guard let header else { return SingleBitError.bit(ofFrameHeader: bytes, checksumSeed: checksumSeed) }
        guard bytes.count >= header.extent else { return nil }
        let difference = crc32c(bytes.part(FrameHeader.byteCount, header.paddedLength)) ^ header.bodyChecksum
        return SingleBitError.bit(changingChecksumBy: difference, among: header.paddedLength)
            .map { FrameHeader.byteCount * 8 + $0 }
    }
}

extension FrameExamination {
    /// Runs the four checks, going on behind one that failed as far as the next one makes sense.
    private struct Checks {
        let bytes: UnsafeRawBufferPointer
        let position: FramePosition
        let isChainKnown: Bool
        private(set) var results: [Check] = []

        init(bytes: UnsafeRawBufferPointer, position: FramePosition, isChainKnown: Bool) {
            self.bytes = bytes
            self.position = position
            self.isChainKnown = isChainKnown
        }

        mutating func run(_ header: FrameHeader?, _ found: Result<Frame, FrameDefect>) {
            var place = Check.Outcome.notReached
            var body = Check.Outcome.notReached
            var content = Check.Outcome.notReached
            if let header {
                place = placeDefect(of: header, position, isChainKnown).map(Check.Outcome.init) ?? .passed
                body = bodyOutcome(header)
                if place == .passed && body == .passed {
                    content = if case .failure(let defect) = found { .init(defect) } else { .passed }
                }
            }
            add(1, "magic and header checksum", headerOutcome(header))
            add(2, "place, lengths, kind and codec" + (isChainKnown ? "" : ", not the sequence"), place)
            add(3, "body checksum", body)
            add(4, "records" + (isChainKnown ? " and chain digest" : ", not the chain digest"), content)
        }

        private mutating func add(_ number: Int, _ subject: String, _ outcome: Check.Outcome) {
            results.append(Check(number: number, subject: subject, outcome: outcome))
        }

        private func headerOutcome(_ header: FrameHeader?) -> Check.Outcome {
            guard header == nil else { return .passed }
            guard bytes.count >= FrameHeader.byteCount else {
                return .failed(
                    expected: "a header of \(FrameHeader.byteCount) bytes",
                    found: "\(bytes.count) before the file's end")
            }
            if bytes.part(0, FrameHeader.byteCount).isAllZero { return .failed(expected: "a header", found: "zeros") }
            let magic = bytes.loadLittleEndian(0, as: UInt32.self)
            guard magic == FrameHeader.magic else {
                return .failed(expected: "magic \(hex(FrameHeader.magic))", found: hex(magic))
            }
            let right = crc32c(bytes.part(8, FrameHeader.byteCount - 8), continuing: position.checksumSeed)
            return .failed(
                expected: "header checksum \(hex(right))", found: hex(bytes.loadLittleEndian(4, as: UInt32.self)))
        }

        private func bodyOutcome(_ header: FrameHeader) -> Check.Outcome {
            guard Int(header.storedLength) <= Limits.bodyBytes else { return .notReached }
            guard bytes.count >= header.extent else {
                return .failed(expected: "\(header.extent) bytes of frame", found: "the file ends after \(bytes.count)")
            }
            let checksum = crc32c(bytes.part(FrameHeader.byteCount, header.paddedLength))
            return checksum == header.bodyChecksum
                ? .passed : .failed(expected: hex(header.bodyChecksum), found: hex(checksum))
        }
    }
}

extension FrameExamination.Check.Outcome {
    fileprivate init(_ defect: FrameDefect) { self = .failed(expected: defect.expected, found: defect.found) }
}

extension FramePosition {
    /// The position; where the chain is not known, with the sequence that the frame itself has.
    fileprivate func unbound(unless isChainKnown: Bool, _ bytes: UnsafeRawBufferPointer) -> FramePosition {
        guard !isChainKnown, let header = FrameHeader(decoding: bytes, checksumSeed: checksumSeed) else { return self }
        var position = self
        position.nextSequence = header.firstSequence
        return position
    }
}
