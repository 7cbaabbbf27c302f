/// Reads a log from its first record on, and goes on as it grows.
///
/// Only verified frames are returned. The last ones may not be durable yet: see ``isDurable(_:)``.
public struct LogFollower {
    private let directory: String
    private let fileSystem: any FileSystem
    private var reader: SegmentReader?
    private var durable: (segment: UInt32, offset: Int) = (0, 0)

    /// Why the follower stopped where it stands; `nil` while it has not reached the end.
    public private(set) var obstacle: String?

    init(directory: String, fileSystem: any FileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    /// The next frame, or `nil` if there is none yet. Calling again later looks again. Blocks for the read only.
    ///
    /// - Throws: ``LogError`` if the directory is not a log, if a segment's header is damaged or newer than this library,
    ///   if segments do not join, or if the system fails.
    public mutating func next() throws -> Frame? {
        do {
            while true {
                guard let reader = try reader ?? firstReader() else { return nil }
                self.reader = reader
                switch try reader.next() {
                case .frame(let frame):
                    obstacle = nil
                    note(frame)
                    return frame
                case .end(let defect):
                    obstacle =
                        "\(directory)/\(reader.position.segment) at offset \(reader.position.offset): "
                        + "expected \(defect.expected), found \(defect.found)"
                    return nil
                case .sealed:
                    guard let next = try successor(of: reader) else { return nil }
                    self.reader = next
                }
            }
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        }
    }

    /// Whether the log says that a frame is on stable storage. One that is not may be taken back by a crash of the
    /// writer's machine; the answer may change to true with later frames.
    public func isDurable(_ frame: Frame) -> Bool {
        (frame.segment.number, frame.end) <= durable
    }

    private mutating func note(_ frame: Frame) {
        // A segment gets its first frame only once the one before it is durable.
        let promise = (segment: frame.segment.number, offset: frame.durableThrough)
        if promise > durable { durable = promise }
    }

    private func firstReader() throws -> SegmentReader? {
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard let first = files.segments.first else {
            if files.isFresh && files.hasLock { return nil }
            throw LogError.notALog(directory: directory, reason: "it has no segment")
        }
        return try open(first)
    }

    private func successor(of sealed: SegmentReader) throws -> SegmentReader? {
        let number = sealed.header.number + 1
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard let name = files.segments.first(where: { $0.number == number }) else { return nil }
        let next = try open(name)
        guard next.header.log == sealed.header.log, next.header.previousDigest == sealed.position.digest,
            next.header.firstSequence == sealed.position.nextSequence
        else {
            throw SegmentHeader.Defect.damaged("it does not continue segment \(sealed.header.number)")
                .error(of: name, in: directory)
        }
        return next
    }

    private func open(_ name: SegmentName) throws -> SegmentReader {
        do {
            return try SegmentReader(name, in: directory, fileSystem: fileSystem)
        } catch let defect as SegmentHeader.Defect {
            throw defect.error(of: name, in: directory)
        }
    }
}
