/// The write end of a log without threads or locks: commits frames, and rolls over from segment to segment.
///
/// After any call that throws ``LogError/outcomeUnknown(_:)`` it takes nothing more.
struct Journal {
    let directory: String
    let fileSystem: any FileSystem
    let options: LogOptions
    /// A segment prepared ahead, if there is one.
    var prepared: PreparedSegment?
    private(set) var header: SegmentHeader
    private(set) var offset: Int
    private(set) var nextSequence: UInt64
    private(set) var digest: ChainDigest
    /// Everything before this offset of the segment is durable.
    private(set) var durableThrough: Int
    /// Whether the last frame already promises all that came before it.
    private(set) var isPromised = false
    private var file: any File
    private var place: WriterPlace?
    private var failure: LogError?
    private var encoder = FrameEncoder()

    /// Where a commit went.
    struct Commit {
        var firstSequence: UInt64
        var location: FrameLocation
    }

    /// Where a journal goes on: in a segment that is durable up to `position`.
    struct Start: Sendable {
        var position: FramePosition
        var header: SegmentHeader
        var file: any File
        /// The place that the journal compares with its paths now and then; `nil` if nothing is compared.
        var place: WriterPlace?
    }

    init(from start: Start, directory: String, fileSystem: any FileSystem, options: LogOptions) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.options = options
        header = start.header
        file = start.file
        place = start.place
        offset = start.position.offset
        durableThrough = start.position.offset
        nextSequence = start.position.nextSequence
        digest = start.position.digest
    }

    /// Creates the first segment of a new log.
    static func create(
        in directory: String, fileSystem: any FileSystem, options: LogOptions
    ) throws(LogError) -> Start {
        let log = options.makeLogID()
        let size = options.size(ofSegment: 1, minimum: 0)
        let prepared = try prepare(size: size, in: directory, fileSystem: fileSystem)
        let header = SegmentHeader(
            number: 1, inFlightLimit: UInt32(options.inFlightLimit), log: log, firstSequence: 1, size: UInt64(size),
            previousDigest: ChainDigest(genesisOf: log), createdAt: options.now())
        do throws(FileSystemError) {
            try prepared.activate(header, in: directory, fileSystem: fileSystem)
        } catch {
            throw .fileSystem(error)
        }
        return Start(position: FramePosition(startOf: header), header: header, file: prepared.file)
    }

    /// Where the journal ends.
    var position: LogPosition {
        LogPosition(segment: header.number, offset: offset, sequence: nextSequence - 1, digest: digest)
    }

    /// The size that the next segment should have, once this one is half full.
    var wantedSegmentSize: Int? {
        guard prepared == nil, failure == nil, offset > Int(header.size) / 2 else { return nil }
        return options.size(ofSegment: header.number + 1, minimum: 0)
    }

    /// The bytes that the frame of a commit can take at most; compression only shortens it.
    static func largestExtent(ofRawLength rawLength: Int) -> Int {
        FrameHeader.byteCount + rawLength.roundedUp(to: 8)
    }

    /// Whether a commit of so many bytes of records needs the next segment first.
    func needsRollOver(forRawLength rawLength: Int) -> Bool {
        // A seal must always fit behind.
        offset + Self.largestExtent(ofRawLength: rawLength) + FrameHeader.byteCount > Int(header.size)
    }

    /// Writes the batches as one frame, with one write and, if durability is synced, one sync.
    mutating func commit(_ batches: some Collection<RecordBatch>) throws(LogError) -> Commit {
        if let failure { throw failure }
        let rawLength = batches.reduce(0) { $0 + $1.byteCount }
        if needsRollOver(forRawLength: rawLength) { try rollOver(forRawLength: rawLength) }
        if options.durability == .buffered && offset - durableThrough > LogOptions.bufferedLimit { try synchronize() }
        let start = offset
        let written: FrameHeader
        do throws(FileSystemError) {
            let file = file
            written = try encoder.encode(
                batches, firstSequence: nextSequence, previousDigest: digest, at: offset,
                durableThrough: durableThrough, in: segment
            ) { (header, bytes) throws(FileSystemError) in
                try file.writeFully(bytes, at: Int64(start))
                return header
            }
            if options.durability == .synced {
                try file.synchronize()
                durableThrough = start + written.extent
            }
        } catch {
            throw poison(error)
        }
        // A sync succeeds in a file that has no name any more.
        try checkPlace(always: false)
        let commit = Commit(
            firstSequence: nextSequence,
            location: FrameLocation(segment: header.number, offset: start, firstSequence: nextSequence))
        offset = start + written.extent
        nextSequence += UInt64(written.recordCount)
        digest = written.digest
        isPromised = false
        return commit
    }

    /// Ends the writing if the directory, the lock or the segment is no longer where it was. Unless `always`, it looks now and then.
    private mutating func checkPlace(always: Bool) throws(LogError) {
        guard let error = place?.displacement(ofSegment: file, named: header.name, always: always) else { return }
        failure = error
        throw error
    }

    /// Makes all of the log durable and says so in a frame without records.
    mutating func promise() throws(LogError) {
        if let failure { throw failure }
        try checkPlace(always: true)
        if durableThrough < offset { try synchronize() }
        guard !isPromised else { return }
        // The second promise goes into a sector of its own: should the one with the last records be lost, it tells.
        let padding =
            (offset + FrameHeader.byteCount).roundedUp(to: Limits.sectorBytes) - offset - FrameHeader.byteCount
        guard offset + padding + 3 * FrameHeader.byteCount <= Int(header.size) else { return }
        let first = promiseFrame(.promise, at: offset, padding: padding)
        let second = promiseFrame(.promise, at: offset + first.count, padding: 0)
        do throws(FileSystemError) {
            try append(first + second)
            isPromised = true
        } catch {
            throw poison(error)
        }
    }

    private func promiseFrame(_ kind: FrameKind, at start: Int, padding: Int) -> [UInt8] {
        FrameEncoder.promise(
            kind, nextSequence: nextSequence, digest: digest, at: start, durableThrough: durableThrough,
            padding: padding, in: segment)
    }

    /// Writes frames without records and makes them durable.
    private mutating func append(_ frames: [UInt8]) throws(FileSystemError) {
        try file.writeFully(frames, at: Int64(offset))
        try file.synchronize()
        offset += frames.count
        durableThrough = offset
    }

    private var segment: FrameEncoder.Segment {
        FrameEncoder.Segment(
            number: header.number, checksumSeed: header.checksumSeed,
            isAlone: options.durability == .synced)
    }

    private mutating func synchronize() throws(LogError) {
        do throws(FileSystemError) {
            try file.synchronize()
            durableThrough = offset
        } catch {
            throw poison(error)
        }
    }

    /// Seals this segment after its successor is durable. Only lack of room leaves the log as it was.
    private mutating func rollOver(forRawLength rawLength: Int) throws(LogError) {
        if durableThrough < offset { try synchronize() }
        try checkPlace(always: true)
        let extent = Self.largestExtent(ofRawLength: rawLength)
        let size = options.size(ofSegment: header.number + 1, minimum: extent)
        let (next, handle) = try takeSuccessor(size: size, extent: extent)
        prepared = nil
        let nextHeader = SegmentHeader(
            number: header.number + 1, inFlightLimit: UInt32(options.inFlightLimit), log: header.log,
            firstSequence: nextSequence, size: UInt64(next.size), previousDigest: digest, createdAt: options.now())
        do throws(FileSystemError) {
            try next.activate(nextHeader, in: directory, fileSystem: fileSystem)
            place?.lock.hold(segment: handle)
            try append(promiseFrame(.seal, at: offset, padding: 0))
        } catch {
            throw poison(error)
        }
        header = nextHeader
        file = next.file
        offset = SegmentHeader.byteCount
        durableThrough = offset
        isPromised = false
    }

    /// Returns the file of the next segment, and another handle on it that has its lock. A prepared file that was removed, replaced or
    /// cut is made again.
    private mutating func takeSuccessor(
        size: Int, extent: Int
    ) throws(LogError) -> (next: PreparedSegment, handle: any File) {
        if let prepared, prepared.size >= SegmentHeader.byteCount + extent + FrameHeader.byteCount,
            let handle = try lockedHandle(on: prepared)
        {
            return (prepared, handle)
        }
        prepared = nil
        let next = try Self.prepare(size: size, in: directory, fileSystem: fileSystem)
        guard let handle = try lockedHandle(on: next) else {
            throw .displaced(
                directory: directory,
                reason: "its file \(FileName.preparedSegment) is removed or replaced again and again")
        }
        return (next, handle)
    }

    /// Returns a handle on a prepared file that has its lock; `nil` if its path leads elsewhere, or its length has changed.
    private func lockedHandle(on prepared: PreparedSegment) throws(LogError) -> (any File)? {
        do throws(FileSystemError) {
            let handle = try fileSystem.open("\(directory)/\(FileName.preparedSegment)", as: .readWrite)
            guard try handle.identity() == prepared.file.identity(), try handle.size() == Int64(prepared.size),
                try handle.tryLock()
            else { return nil }
            return handle
        } catch {
            if error.isMissingFile { return nil }
            throw .fileSystem(error)
        }
    }

    private static func prepare(
        size: Int, in directory: String, fileSystem: any FileSystem
    ) throws(LogError) -> PreparedSegment {
        do throws(FileSystemError) {
            return try PreparedSegment.prepare(size: size, in: directory, fileSystem: fileSystem)
        } catch {
            throw error.isOutOfSpace
                ? .noSpace(directory: directory, neededBytes: size, cause: error) : .fileSystem(error)
        }
    }

    private mutating func poison(_ error: FileSystemError) -> LogError {
        let unknown = LogError.outcomeUnknown(error)
        failure = unknown
        return unknown
    }
}
