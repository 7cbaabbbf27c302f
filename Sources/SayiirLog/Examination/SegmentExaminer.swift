/// Walks through a file of frames to an offset and says what stands there. Reads no more than a frame at a time.
///
/// Unlike a reader it goes on behind damage: with the bit turned back that explains it, else by what a damaged frame's header
/// says, else at the next place where a frame seems to begin.
struct SegmentExaminer {
    private let file: any File
    private let name: ExaminedFile
    private let fileSize: Int
    private let header: SegmentHeaderExamination
    /// The end of the last byte that is not zero.
    private let contentEnd: Int

    private static let chunkBytes = 64 * 1024
    /// What is read of a frame at first: enough for most.
    private static let usualBytes = 4096

    /// Opens a file and looks at its header block.
    init(_ name: ExaminedFile, in directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        file = try fileSystem.open("\(directory)/\(name)", as: .read)
        self.name = name
        fileSize = Int(clamping: try file.size())
        let block = try file.readBytes(min(SegmentHeader.byteCount, fileSize), at: 0)
        header = block.withUnsafeBytes { SegmentHeaderExamination($0, of: name) }
        contentEnd = try Self.contentEnd(of: file, fileSize)
    }

    /// What stands at `offset`; `nil` if the header block is too damaged to tell frames from anything else.
    func examine(at offset: Int) throws(FileSystemError) -> SegmentExamination? {
        if offset < SegmentHeader.byteCount {
            return examination(at: offset, .header(header), damageStart: nil)
        }
        guard let header = header.header else { return nil }
        var walk = Walk(position: FramePosition(startOf: header))
        while true {
            if let place = try step(&walk, towards: offset) {
                return examination(at: offset, place, damageStart: walk.damageStart)
            }
        }
    }

    private func examination(
        at offset: Int, _ place: SegmentExamination.Place, damageStart: Int?
    ) -> SegmentExamination {
        SegmentExamination(
            file: name, fileSize: fileSize, offset: offset, damageStart: damageStart,
            headerBit: header.flippedBit, place: place)
    }

    private struct Walk {
        var position: FramePosition
        var isChainKnown = true
        var damageStart: Int?

        mutating func goOn(behind frame: Frame) {
            position.offset = frame.end
            position.nextSequence = frame.firstSequence &+ UInt64(frame.recordCount)
            position.digest = frame.digest
            isChainKnown = true
        }

        mutating func goOn(behind header: FrameHeader) {
            position.offset += header.extent
            position.nextSequence = header.firstSequence &+ UInt64(header.recordCount)
            position.digest = header.digest
            isChainKnown = true
        }
    }

    /// Looks at the place where the walk stands. Returns it if it holds the offset, and goes on otherwise.
    private func step(_ walk: inout Walk, towards offset: Int) throws(FileSystemError) -> SegmentExamination.Place? {
        let bytes = try bytesOfFrame(at: walk.position)
        let valid = bytes.withUnsafeBytes {
            try? FrameExamination.decode($0, at: walk.position, isChainKnown: walk.isChainKnown).get()
        }
        if let valid, offset >= valid.end {
            walk.goOn(behind: valid)
            return nil
        }
        guard valid != nil || walk.position.offset < contentEnd else {
            return .unwritten(from: walk.position.offset, strayBit: nil)
        }
        if valid == nil && walk.damageStart == nil {
            walk.damageStart = walk.position.offset
            if let bit = try strayBit(behind: walk.position.offset) {
                return .unwritten(from: walk.position.offset, strayBit: bit)
            }
        }
        let examination = bytes.withUnsafeBytes {
            FrameExamination($0, at: walk.position, isChainKnown: walk.isChainKnown)
        }
        if let end = examination.end {
            if offset < end { return .frame(examination) }
            if let restored = examination.restored {
                walk.goOn(behind: restored)
            } else if let header = examination.header {
                walk.goOn(behind: header)
            }
            return nil
        }
        guard offset < contentEnd else { return .unwritten(from: contentEnd, strayBit: nil) }
        guard let next = try nextFrame(behind: walk.position, upTo: offset) else { return .frame(examination) }
        walk.position.offset = next
        walk.isChainKnown = false
        return nil
    }

    /// The bytes from a position on: a frame's, as far as the file has them.
    private func bytesOfFrame(at position: FramePosition) throws(FileSystemError) -> [UInt8] {
        let rest = max(0, fileSize - position.offset)
        let start = try file.readBytes(min(rest, Self.usualBytes), at: Int64(position.offset))
        let extent = start.withUnsafeBytes { FrameExamination.extent(ofFrameBeginningWith: $0, at: position) }
        guard let extent, extent > start.count, rest > start.count else { return start }
        return try file.readBytes(min(rest, extent), at: Int64(position.offset))
    }

    /// The next place behind the position, up to `last`, where a frame seems to begin.
    private func nextFrame(behind position: FramePosition, upTo last: Int) throws(FileSystemError) -> Int? {
        var chunkStart = position.offset + 8
        while chunkStart <= last {
            let chunk = try file.readBytes(
                min(Self.chunkBytes, max(0, fileSize - chunkStart)), at: Int64(chunkStart))
            let place = chunk.withUnsafeBytes { bytes in
                stride(from: 0, to: min(bytes.count - FrameHeader.byteCount, last - chunkStart) + 1, by: 8).first {
                    beginsFrame(bytes.part($0, FrameHeader.byteCount), position.checksumSeed)
                }
            }
            if let place { return chunkStart + place }
            guard chunk.count == Self.chunkBytes else { return nil }
            // A header may lie across two chunks.
            chunkStart += Self.chunkBytes - FrameHeader.byteCount
        }
        return nil
    }

    private func beginsFrame(_ bytes: UnsafeRawBufferPointer, _ checksumSeed: UInt32) -> Bool {
        switch (bytes.loadLittleEndian(0, as: UInt32.self) ^ FrameHeader.magic).nonzeroBitCount {
        case 0: true
        case 1: SingleBitError.bit(ofFrameHeader: bytes, checksumSeed: checksumSeed) != nil
        default: false
        }
    }

    /// The one bit behind `start` that is not zero, if there is no other.
    private func strayBit(behind start: Int) throws(FileSystemError) -> FlippedBit? {
        let last = contentEnd - 1
        guard let byte = try file.readBytes(1, at: Int64(last)).first, byte.nonzeroBitCount == 1 else { return nil }
        var offset = start
        while offset < last {
            let chunk = try file.readBytes(min(Self.chunkBytes, last - offset), at: Int64(offset))
            guard !chunk.isEmpty, chunk.withUnsafeBytes(\.isAllZero) else { return nil }
            offset += chunk.count
        }
        return FlippedBit(offset: last, bit: byte.trailingZeroBitCount, found: byte)
    }

    private static func contentEnd(of file: any File, _ fileSize: Int) throws(FileSystemError) -> Int {
        var end = fileSize
        while end > 0 {
            let start = max(0, end - chunkBytes)
            let content = try file.readBytes(end - start, at: Int64(start)).withUnsafeBytes(\.endOfContent)
            if content > 0 { return start + content }
            end = start
        }
        return 0
    }
}

extension LogReader {
    /// Says what stands at an offset of one of the log's files, in its directory or an archive. Reads the file from its start
    /// to there.
    ///
    /// - Returns: `nil` if the file's header block is damaged beyond what one bit explains: nothing tells a frame from
    ///   anything else then. The block itself can be examined.
    /// - Throws: ``LogError/fileSystem(_:)``.
    package func examine(_ file: ExaminedFile, at offset: Int) throws -> SegmentExamination? {
        do throws(FileSystemError) {
            let place = try place(of: file) ?? directory
            return try SegmentExaminer(file, in: place, fileSystem: fileSystem).examine(at: offset)
        } catch {
            throw LogError.fileSystem(error)
        }
    }

    /// The directory, of the log or an archive, that has a file; `nil` if none does.
    package func place(of file: ExaminedFile) throws(FileSystemError) -> String? {
        for place in [directory] + archives {
            if try fileSystem.entries(ofDirectory: place).contains("\(file)") { return place }
        }
        return nil
    }
}
