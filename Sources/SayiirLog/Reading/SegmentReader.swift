/// Reads the frames of one segment in order, verified, through a window of bounded size.
final class SegmentReader {
    /// The window's usual size; it grows for a larger frame.
    private static let windowBytes = 256 * 1024

    enum Step {
        /// The next valid frame. The reader stands behind it.
        case frame(Frame)
        /// What follows is not a valid frame, perhaps not yet. Asking again looks again.
        case end(FrameDefect)
        /// The segment's seal was the last frame.
        case sealed
    }

    let header: SegmentHeader
    let file: any File
    private(set) var position: FramePosition
    private(set) var isSealed = false

    private let window = GrowingBuffer()
    private var windowStart = 0
    private var windowCount = 0

    /// Opens a segment and checks its header.
    ///
    /// - Throws: a ``SegmentHeader/Defect`` or a ``FileSystemError``.
    init(_ name: SegmentName, in directory: String, fileSystem: any FileSystem) throws {
        file = try fileSystem.open("\(directory)/\(name)", as: .read)
        window.reserve(Self.windowBytes)
        let block = window.bytes(0, SegmentHeader.byteCount)
        let count = try file.readFully(into: block, at: 0)
        header = try SegmentHeader(decoding: UnsafeRawBufferPointer(block).part(0, count))
        guard header.name == name else {
            throw SegmentHeader.Defect.damaged("the header is that of segment \(header.name)")
        }
        position = FramePosition(startOf: header)
    }

    /// The next frame, or why there is none.
    func next() throws(FileSystemError) -> Step {
        if isSealed { return .sealed }
        let isFresh = windowCount == 0
        let bytes = try bytesOfFrame()
        do throws(FrameDefect) {
            let frame = try FrameDecoder.decode(bytes, at: position)
            position.advance(past: frame)
            isSealed = frame.kind == .seal
            return .frame(frame)
        } catch {
            // The writer may have gone on since the window was read.
            windowCount = 0
            return isFresh ? .end(error) : try next()
        }
    }

    /// Reads the frame at `offset`, whose place in the chain is not known, checking everything but the chain.
    static func frame(
        at position: FramePosition, in file: any File
    ) throws(FileSystemError) -> Result<Frame, FrameDefect> {
        var size = 4096
        while true {
            let buffer = GrowingBuffer()
            buffer.reserve(size)
            let count = try file.readFully(into: buffer.bytes(0, size), at: Int64(position.offset))
            let bytes = UnsafeRawBufferPointer(buffer.bytes(0, count))
            if let header = FrameHeader(decoding: bytes, checksumSeed: position.checksumSeed),
                header.extent > size, position.offset + header.extent <= position.segmentSize
            {
                size = header.extent
                continue
            }
            return Result { () throws(FrameDefect) in try FrameDecoder.decode(bytes, at: position, chained: false) }
        }
    }

    /// The bytes at the position: at least a frame's, as far as the file has them.
    private func bytesOfFrame() throws(FileSystemError) -> UnsafeRawBufferPointer {
        let bytes = try fill(atLeast: FrameHeader.byteCount)
        guard let header = FrameHeader(decoding: bytes, checksumSeed: position.checksumSeed),
            header.extent > bytes.count, position.offset + header.extent <= position.segmentSize
        else { return bytes }
        return try fill(atLeast: header.extent)
    }

    /// The bytes from the position on that the window holds, after making sure that it has `count` of them if the
    /// file does.
    private func fill(atLeast count: Int) throws(FileSystemError) -> UnsafeRawBufferPointer {
        let isInside = position.offset >= windowStart && position.offset + count <= windowStart + windowCount
        if !isInside {
            window.reserve(count)
            windowStart = position.offset
            let room = max(count, Self.windowBytes)
            windowCount = try file.readFully(into: window.bytes(0, room), at: Int64(windowStart))
        }
        let start = position.offset - windowStart
        return UnsafeRawBufferPointer(window.bytes(start, windowCount - start))
    }
}
