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
    /// Of a sealed segment whose index was read: the tree over all records of the log through its last.
    private(set) var treeAfter: MerkleFrontier?

    private let window = GrowingBuffer()
    private var windowStart = 0
    private var windowCount = 0

    /// Opens a segment and checks its header. One that was sealed since its name was read is opened in its new form.
    ///
    /// - Throws: ``LogError/refused(_:)`` or ``LogError/newerVersion(file:needed:supported:)`` for its header, or a
    ///   ``FileSystemError``.
    convenience init(opening name: SegmentName, in directory: String, fileSystem: any FileSystem) throws {
        do {
            try self.init(name, in: directory, fileSystem: fileSystem)
        } catch let defect as SegmentHeader.Defect {
            throw defect.error(of: name, in: directory)
        }
    }

    /// Like ``init(opening:in:fileSystem:)``, but throws the header's ``SegmentHeader/Defect`` as it is.
    convenience init(_ name: SegmentName, in directory: String, fileSystem: any FileSystem) throws {
        do {
            let file = try fileSystem.open("\(directory)/\(name)", as: .read)
            self.init(file, try SegmentHeader(of: file, expecting: name))
        } catch let error as FileSystemError where error.isMissingFile && !name.isSealed {
            let file = try fileSystem.open("\(directory)/\(name.otherForm)", as: .read)
            self.init(file, try SegmentHeader(of: file, expecting: name.otherForm))
        }
    }

    /// Reads the frames of a file of which the header is known.
    init(_ file: any File, _ header: SegmentHeader) {
        self.file = file
        self.header = header
        position = FramePosition(startOf: header)
    }

    /// Goes to where a part that is known already ends.
    func move(to start: LogPosition, in directory: String, fileSystem: any FileSystem) throws {
        position.nextSequence = start.sequence + 1
        position.digest = start.digest
        windowCount = 0
        guard header.detail.layout == .sealed else {
            position.offset = start.offset
            return
        }
        let sealed = try SealedSegment(header.name, in: directory, fileSystem: fileSystem)
        let block = try sealed.blockStart(of: start.sequence + 1)
        position.offset = block?.offset ?? Int(sealed.detail.blockTable)
        position.beginning = .insideBlock
    }

    /// Goes on somewhere else: behind damage.
    func resume(at position: FramePosition) {
        self.position = position
        isSealed = false
    }

    /// The next frame, or why there is none. The index of a sealed segment is passed over: behind its blocks, it is sealed.
    func next() throws(FileSystemError) -> Step {
        if isSealed { return .sealed }
        switch try nextFrame() {
        case .success(let frame):
            isSealed = frame.kind == .seal || frame.kind.isIndex
            if frame.kind.isIndex { return .sealed }
            position.advance(past: frame)
            return .frame(frame)
        case .failure(let defect):
            return .end(defect)
        }
    }

    /// Reads the index behind a sealed segment's blocks, to the end; returns what is wrong with it or with what the header
    /// says of the blocks.
    func indexDefect() throws(FileSystemError) -> FrameDefect? {
        guard case .sealed(let detail) = header.detail else { return nil }
        guard position.offset == Int(truncatingIfNeeded: detail.blockTable),
            position.nextSequence == detail.lastSequence + 1, position.digest == detail.lastDigest
        else {
            return .inconsistent(
                expected: "blocks up to sequence \(detail.lastSequence) and offset \(detail.blockTable)",
                found: "blocks up to sequence \(position.nextSequence - 1) and offset \(position.offset)")
        }
        while true {
            switch try nextFrame() {
            case .failure(let defect): return defect
            case .success(let frame):
                guard frame.kind.isIndex || frame.kind == .seal else {
                    return .inconsistent(expected: "the index", found: "a frame of kind \(frame.kind)")
                }
                if frame.kind == .nodes {
                    treeAfter = SegmentNodes(decoding: frame.body, over: detail.leaves)?.appended(to: detail.treeBefore)
                    guard treeAfter?.root == detail.root, position.offset == Int(truncatingIfNeeded: detail.nodes)
                    else {
                        return .inconsistent(
                            expected: "nodes that give the root \(detail.root)",
                            found: treeAfter.map { "\($0.root)" } ?? "\(frame.body.count) bytes")
                    }
                }
                position.advance(past: frame)
                guard frame.kind == .seal else { continue }
                guard position.offset == position.segmentSize else {
                    return .inconsistent(expected: "nothing after the seal", found: "something")
                }
                return treeAfter == nil ? .inconsistent(expected: "nodes of the log's tree", found: "none") : nil
            }
        }
    }

    private func nextFrame() throws(FileSystemError) -> Result<Frame, FrameDefect> {
        let isFresh = windowCount == 0
        let bytes = try bytesOfFrame()
        do throws(FrameDefect) {
            return .success(try FrameDecoder.decode(bytes, at: position))
        } catch {
            // The writer may have gone on since the window was read.
            windowCount = 0
            return isFresh ? .failure(error) : try nextFrame()
        }
    }

    /// Reads a file of frames once more, from its header to its end, with all checks, and compares it with what was meant to be
    /// written.
    static func checkFrames(of path: String, as expected: SegmentHeader, fileSystem: any FileSystem) throws {
        func failure(_ text: String) -> LogError { .notWritten(file: path, reason: text) }
        let file = try fileSystem.open(path, as: .read)
        do {
            let header = try SegmentHeader(of: file)
            guard header == expected else { throw failure("its header is another") }
        } catch let defect as SegmentHeader.Defect {
            throw failure("\(defect)")
        }
        guard try file.size() == Int64(expected.size) else { throw failure("its length is not \(expected.size)") }
        let reader = SegmentReader(file, expected)
        var isSealed = false
        while !isSealed {
            switch try reader.nextFrame() {
            case .success(let frame):
                reader.position.advance(past: frame)
                isSealed = frame.kind == .seal
            case .failure(let defect):
                throw failure(
                    "at offset \(reader.position.offset): expected \(defect.expected), found \(defect.found)")
            }
        }
        guard reader.position.offset == Int(expected.size) else { throw failure("something follows its seal") }
    }

    /// Reads the frame at a position; unless `chained`, its place in the chain is not known and not checked.
    static func frame(
        at position: FramePosition, in file: any File, chained: Bool = false
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
            return Result { () throws(FrameDefect) in try FrameDecoder.decode(bytes, at: position, chained: chained) }
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
            let room = max(count, Self.windowBytes)
            window.reserve(room)
            windowStart = position.offset
            windowCount = try file.readFully(into: window.bytes(0, room), at: Int64(windowStart))
        }
        let start = position.offset - windowStart
        return UnsafeRawBufferPointer(window.bytes(start, windowCount - start))
    }
}
