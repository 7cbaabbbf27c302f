/// Writes a file of frames that is not part of the log before it is whole: frames first, then the header, then, once all of it
/// is durable and was read back, the name.
struct FrameFileWriter {
    private static let bufferBytes = 1024 * 1024

    private let directory: String
    private let temporaryName: String
    private let fileSystem: any FileSystem
    private let file: any File
    private let segment: FrameEncoder.Segment
    private var encoder = FrameEncoder()
    private var buffer: [UInt8] = []
    /// Where the buffer's bytes belong.
    private var bufferOffset = SegmentHeader.byteCount
    private(set) var nextSequence: UInt64
    private(set) var digest: ChainDigest

    /// Where the next frame will stand.
    var offset: Int { bufferOffset + buffer.count }

    /// Begins a file of the layout, log and position that `header` tells; its size and detail are not yet known.
    init(
        for header: SegmentHeader, as temporaryName: String, in directory: String, fileSystem: any FileSystem
    ) throws(FileSystemError) {
        self.directory = directory
        self.temporaryName = temporaryName
        self.fileSystem = fileSystem
        segment = FrameEncoder.Segment(number: header.number, checksumSeed: header.checksumSeed, isAlone: false)
        nextSequence = header.firstSequence
        digest = header.previousDigest
        file = try fileSystem.open("\(directory)/\(temporaryName)", as: .readWriteCreating)
        try file.resize(to: 0)
    }

    /// Adds a frame of records, which is one commit.
    mutating func appendRecords(_ records: [UInt8], count: UInt32) throws(FileSystemError) {
        let next = records.withUnsafeBytes {
            digest.appending(records: $0, firstSequence: nextSequence, recordCount: count)
        }
        try append(.records, body: records, recordCount: count, digest: next)
    }

    /// Adds a frame after whose records the chain's digest is `next`.
    mutating func append(
        _ kind: FrameKind, body: [UInt8], recordCount: UInt32 = 0, digest next: ChainDigest? = nil
    ) throws(FileSystemError) {
        let start = offset
        digest = next ?? digest
        encoder.encode(
            kind, body: body, recordCount: recordCount, firstSequence: nextSequence, digest: digest, at: start,
            in: segment
        ) { _, bytes in buffer.append(contentsOf: bytes) }
        nextSequence += UInt64(recordCount)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Ends the file, makes it durable, checks what was written, and gives it its name. Returns its length.
    ///
    /// - Parameters:
    ///   - header: The file's header, without its size.
    ///   - name: Its name.
    ///   - replaces: Whether it takes the place of a file that has that name.
    @discardableResult
    mutating func finish(_ header: SegmentHeader, as name: String, replaces: Bool) throws -> Int {
        try append(.seal, body: [])
        var header = header
        header.size = UInt64(offset)
        try flush()
        try file.writeFully(header.encoded(), at: 0)
        try file.synchronize()
        let temporaryPath = "\(directory)/\(temporaryName)"
        try SegmentReader.checkFrames(of: temporaryPath, as: header, fileSystem: fileSystem)
        let path = "\(directory)/\(name)"
        if !replaces { try fileSystem.requireFree(path) }
        try fileSystem.rename(temporaryPath, to: path)
        try fileSystem.synchronizeDirectory(at: directory)
        return offset
    }

    /// Removes what was written.
    func discard() { try? fileSystem.remove("\(directory)/\(temporaryName)") }

    private mutating func flush() throws(FileSystemError) {
        try file.writeFully(buffer, at: Int64(bufferOffset))
        bufferOffset += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
