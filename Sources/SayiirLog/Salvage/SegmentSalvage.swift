/// Walks through one segment's file and finds every frame in it whose checksums are right, also behind damage.
///
/// A frame is searched for at each multiple of 8 by its magic, its header's checksum, which covers the log's identity and the
/// frame's own place, and its body's checksum. A copy of a frame that stands in somebody's payload is not at its place.
struct SegmentSalvage {
    enum Step {
        case frame(Frame, Link)
        /// Bytes that hold no whole frame.
        case hole(Hole)
        case end
    }

    /// What the chain says of a frame.
    enum Link {
        /// It continues the frame before.
        case joined
        /// It continues what a header says whose records are lost.
        case header
        case none
    }

    struct Hole {
        var range: Range<Int>
        var defect: FrameDefect
        /// The last sequence that is lost, if a header tells.
        var lostThrough: UInt64?
    }

    let reader: SegmentReader
    private let fileSize: Int
    /// No frame of the segment can have records from this sequence on.
    private let bound: UInt64
    private var isChainKnown: Bool
    private var link: Link
    private var isDone = false
    /// A frame that was found behind a hole.
    private var found: Frame?

    private static let chunkBytes = 256 * 1024

    /// Starts behind the header block.
    ///
    /// - Parameters:
    ///   - header: What the block says, or should.
    ///   - least: The sequence below which nothing is wanted.
    ///   - bound: The first sequence of a later segment.
    ///   - link: What the header's digest is; with `none` it is not known.
    init(
        _ file: any File, _ header: SegmentHeader, from least: UInt64, to bound: UInt64, link: Link
    ) throws(FileSystemError) {
        reader = SegmentReader(file, header)
        fileSize = Int(clamping: try file.size())
        self.bound = bound
        self.link = link
        isChainKnown = link != .none && least <= header.firstSequence
        if least > header.firstSequence {
            var position = reader.position
            position.nextSequence = least
            reader.resume(at: position)
        }
    }

    /// Whether the segment's seal, or its index, was reached.
    private(set) var isSealed = false

    mutating func next() throws(FileSystemError) -> Step {
        if let frame = found {
            found = nil
            return goOn(behind: frame)
        }
        if isDone { return .end }
        var defect = FrameDefect.header(expected: "a frame header with a right checksum", found: "something else")
        if isChainKnown {
            switch try reader.next() {
            case .frame(let frame):
                defer { link = .joined }
                return .frame(frame, link)
            case .sealed:
                isSealed = true
                isDone = true
                return .end
            case .end(let found):
                defect = found
            }
        }
        return try search(behind: defect)
    }

    /// Goes on with the next whole frame, or with what a whole header says of a lost one.
    private mutating func search(behind defect: FrameDefect) throws(FileSystemError) -> Step {
        let start = reader.position.offset
        switch try nextCandidate() {
        case .frame(let frame):
            // At the very place the chain alone is in question, and it may not have been known.
            guard frame.offset > start || isChainKnown else { return goOn(behind: frame) }
            found = frame
            return .hole(Hole(range: start..<frame.offset, defect: defect))
        case .lost(let header, let reason):
            var position = reader.position
            position.offset = header.offset + header.extent
            position.nextSequence = header.firstSequence + UInt64(header.recordCount)
            position.digest = header.digest
            reader.resume(at: position)
            isChainKnown = true
            link = .header
            return .hole(
                Hole(
                    range: start..<min(position.offset, max(start, fileSize)), defect: reason,
                    lostThrough: position.nextSequence - 1))
        case .nothing(let contentEnd):
            isDone = true
            return contentEnd > start ? .hole(Hole(range: start..<contentEnd, defect: defect)) : .end
        }
    }

    private mutating func goOn(behind frame: Frame) -> Step {
        var position = reader.position
        position.offset = frame.end
        position.nextSequence = frame.firstSequence + UInt64(frame.recordCount)
        position.digest = frame.digest
        reader.resume(at: position)
        isChainKnown = true
        link = .joined
        isSealed = frame.kind == .seal
        isDone = isSealed
        return .frame(frame, .none)
    }

    private enum Candidate {
        case frame(Frame)
        /// A header that is right and in its place, with a body that is not.
        case lost(FrameHeader, FrameDefect)
        /// Nothing more; the end of the last byte that is not zero.
        case nothing(contentEnd: Int)
    }

    /// The next place, from where the reader stands, at which a frame of this segment begins.
    private func nextCandidate() throws(FileSystemError) -> Candidate {
        var contentEnd = reader.position.offset
        var chunkStart = reader.position.offset
        let end = min(fileSize, reader.position.segmentSize)
        while chunkStart < end {
            let chunk = try reader.file.readBytes(min(Self.chunkBytes, end - chunkStart), at: Int64(chunkStart))
            if chunk.isEmpty { break }
            let content = chunk.withUnsafeBytes(\.endOfContent)
            if content > 0 { contentEnd = chunkStart + content }
            var offset = 0
            while let header = chunk.withUnsafeBytes({
                nextHeader(in: $0.part(0, content), at: chunkStart, from: offset)
            }) {
                if let candidate = try candidate(header) { return candidate }
                offset = header.offset - chunkStart + 8
            }
            guard chunk.count == Self.chunkBytes else { break }
            // A header may lie across two chunks.
            chunkStart += Self.chunkBytes - FrameHeader.byteCount + 8
        }
        return .nothing(contentEnd: contentEnd)
    }

    /// The next header that is right (the format's check 1) and says that it stands where it does.
    private func nextHeader(in bytes: UnsafeRawBufferPointer, at start: Int, from first: Int) -> FrameHeader? {
        let seed = reader.position.checksumSeed
        var offset = first
        while offset + FrameHeader.byteCount <= bytes.count {
            if bytes.loadLittleEndian(offset, as: UInt32.self) == FrameHeader.magic,
                let header = FrameHeader(decoding: bytes.part(offset, FrameHeader.byteCount), checksumSeed: seed),
                header.offset == start + offset
            {
                return header
            }
            offset += 8
        }
        return nil
    }

    private func candidate(_ header: FrameHeader) throws(FileSystemError) -> Candidate? {
        var position = reader.position
        position.offset = header.offset
        position.beginning = .any
        guard (try? FrameDecoder.checkPlace(of: header, at: position)) != nil,
            header.firstSequence >= position.nextSequence, header.firstSequence <= bound,
            UInt64(header.recordCount) <= bound - header.firstSequence
        else { return nil }
        switch try SegmentReader.frame(at: position, in: reader.file) {
        case .success(let frame): return .frame(frame)
        case .failure(let defect): return .lost(header, defect)
        }
    }
}

extension Frame {
    /// Calls `visit` with the records' bytes of each commit, and how many there are.
    func forEachCommit(_ visit: (ArraySlice<UInt8>, UInt32) throws -> Void) rethrows {
        var start = 0
        for count in commits {
            // The decoder has checked that the headers split the body exactly.
            let end = body.withUnsafeBytes { bytes in
                (0..<count).reduce(start) { offset, _ in
                    offset + (RecordHeader(decoding: bytes, at: offset)?.extent ?? 0)
                }
            }
            try visit(body[start..<end], count)
            start = end
        }
    }
}
