/// Reads a log from its first record on, or from a place where an earlier reading ended, and goes on as it grows.
///
/// Only verified frames are returned. The last ones may not be durable yet: see ``isDurable(_:)``.
public struct LogFollower {
    private let directory: String
    private let archives: [String]
    private let fileSystem: any FileSystem
    private let start: LogPosition?
    private var reader: SegmentReader?
    private var durable: (segment: UInt32, offset: Int) = (0, 0)
    /// Where the frames begin that were shown as not yet durable, and where they end.
    private var undecided: (start: LogPosition, last: Frame)?

    /// Why the follower stopped where it stands; `nil` while it has not reached the end.
    public private(set) var obstacle: String?
    /// Where the frame begins that was returned last: whoever goes on from there gets it once more, and sees whether it is the same.
    package private(set) var frameStart: LogPosition?

    init(directory: String, archives: [String], start: LogPosition?, fileSystem: any FileSystem) {
        self.directory = directory
        self.start = start
        self.archives = archives
        self.fileSystem = fileSystem
    }

    /// The next frame, or `nil` if there is none yet. Calling again later looks again. Blocks for the read only.
    ///
    /// - Throws: ``LogError/takenBack(after:)`` once if a crash took back frames that were shown as not durable; the next
    ///   call goes on after the sequence that it names. ``LogError`` if the directory is not a log, if a segment's
    ///   header is damaged or newer than this library, if segments do not join or are gone, or if the system fails.
    public mutating func next() throws -> Frame? {
        do {
            while true {
                guard let reader = try reader ?? firstReader() else { return nil }
                self.reader = reader
                let start = LogPosition(reader.position)
                switch try reader.next() {
                case .frame(let frame):
                    obstacle = nil
                    frameStart = start
                    note(frame, from: start)
                    return frame
                case .end(let defect):
                    if try goBack(reader) { continue }
                    obstacle =
                        "\(directory)/\(reader.position.segment) at offset \(reader.position.offset): "
                        + "expected \(defect.expected), found \(defect.found)"
                    return nil
                case .sealed:
                    guard let next = try successor(of: reader) else { return nil }
                    self.reader = next
                    undecided = nil
                }
            }
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        } catch let defect as Removals.Defect {
            throw defect.error(in: directory)
        }
    }

    /// Whether the log says that a frame is on stable storage. One that is not may be taken back by a crash of the
    /// writer's machine; the answer may change to true with later frames.
    public func isDurable(_ frame: Frame) -> Bool {
        frame.segment.isSealed || (frame.segment.number, frame.end) <= durable
    }

    private mutating func note(_ frame: Frame, from start: LogPosition) {
        // A segment gets its first frame only once the one before it is durable.
        let promise = (segment: frame.segment.number, offset: frame.durableThrough)
        if promise > durable { durable = promise }
        if frame.segment.isSealed || (frame.segment.number, start.offset) <= durable {
            // What came before the frame is durable; the frame itself is not known to be.
            undecided = (start, frame)
        } else {
            undecided = (undecided?.start ?? start, frame)
        }
    }

    /// Notices that the last frames were replaced, and goes back to before them. Returns whether it did; throws if there were
    /// records in them.
    private mutating func goBack(_ reader: SegmentReader) throws -> Bool {
        guard let (start, last) = undecided, !isDurable(last) else { return false }
        var position = reader.position
        position.offset = last.offset
        position.beginning = .any
        if case .success(let frame) = try SegmentReader.frame(at: position, in: reader.file),
            frame.digest == last.digest
        {
            return false
        }
        undecided = nil
        let lastSequence = reader.position.nextSequence - 1
        try reader.move(to: start, in: directory, fileSystem: fileSystem)
        guard start.sequence < lastSequence else { return true }
        throw LogError.takenBack(after: start.sequence)
    }

    private func firstReader() throws -> SegmentReader? {
        let contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
        guard let first = contents.segments.first else {
            if contents.files.isFresh && contents.files.hasLock { return nil }
            // Refuses a log that lost its segments, and a directory that never was one, in its own words.
            throw LogError.refused(try LogScan(directory: directory, fileSystem: fileSystem).run { _ in }.assessment)
        }
        guard let start else {
            return try SegmentReader(opening: first, in: contents.directory(of: first), fileSystem: fileSystem)
        }
        guard let name = contents.segments.first(where: { $0.number == start.segment }) else {
            throw FileSystemError.missingSegment(start.segment, in: directory)
        }
        let home = contents.directory(of: name)
        let reader = try SegmentReader(opening: name, in: home, fileSystem: fileSystem)
        try reader.move(to: start, in: home, fileSystem: fileSystem)
        return reader
    }

    private func successor(of sealed: SegmentReader) throws -> SegmentReader? {
        let number = sealed.header.number + 1
        let contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
        guard let name = contents.segments.first(where: { $0.number == number }) else {
            if number < contents.beginning.number { throw FileSystemError.missingSegment(number, in: directory) }
            return nil
        }
        let next = try SegmentReader(opening: name, in: contents.directory(of: name), fileSystem: fileSystem)
        guard next.header.log == sealed.header.log, next.header.previousDigest == sealed.position.digest,
            next.header.firstSequence == sealed.position.nextSequence
        else {
            throw SegmentHeader.Defect.damaged("it does not continue segment \(sealed.header.number)")
                .error(of: name, in: directory)
        }
        return next
    }
}
