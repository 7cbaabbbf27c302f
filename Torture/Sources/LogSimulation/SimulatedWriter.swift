import SayiirTesting

@testable import SayiirLog

/// A log that is open for writing, without threads: what `LogWriter` does in the background happens here when it is asked for.
final class SimulatedWriter {
    static let directory = "store/log"
    static let contentVersion: UInt32 = 1

    let disk: InMemoryFileSystem
    let options: LogOptions
    let report: RecoveryReport
    /// What the snapshot and the records behind it amounted to at the opening.
    let contents: Contents
    let index: LogIndex
    private(set) var journal: Journal
    /// Full segments that are not sealed yet.
    private(set) var full: [SegmentName]
    private let lock: WriterLock

    init(on disk: InMemoryFileSystem, options: LogOptions) throws {
        self.disk = disk
        self.options = options
        var contents = Contents()
        let restoration = SnapshotRestoration(
            contentVersion: Self.contentVersion, reset: { contents = Contents() },
            restore: { contents.restore($0) })
        let opened = try LogRecovery(directory: Self.directory, fileSystem: disk, options: options)
            .open(restoration: restoration) { frame in
                frame.forEachRecord { contents.take($0.key, $0.payload) }
            }
        self.contents = contents
        lock = opened.lock
        report = opened.report
        journal = Journal(from: opened.start, directory: Self.directory, fileSystem: disk, options: options)
        index = LogIndex(
            opened.index, sealed: opened.segments.filter(\.isSealed), isComplete: opened.readFrom == nil,
            in: Self.directory, fileSystem: disk)
        let journals = opened.segments.filter { !$0.isSealed }
        full = journals.dropLast()
        if let end = opened.readFrom {
            index.complete(
                with: try Upkeep.readIndex(of: journals, until: end, in: Self.directory, fileSystem: disk))
        }
    }

    /// Commits batches as one frame. Returns whether the log rolled over.
    func commit(_ batches: [RecordBatch]) throws -> Bool {
        let segment = journal.header.name
        let commit = try journal.commit(batches)
        index.add(batches, at: commit.location)
        guard journal.header.name != segment else { return false }
        full.append(segment)
        return true
    }

    func promise() throws { try journal.promise() }

    /// Makes the next segment's file ahead of its use, if it is time.
    func prepare() throws {
        guard let size = journal.wantedSegmentSize else { return }
        journal.prepared = try PreparedSegment.prepare(size: size, in: Self.directory, fileSystem: disk)
    }

    /// Seals a full segment, unless it is told to stop after some frames. It need not be the oldest: that one's sealing may have
    /// failed.
    func seal(at place: Int, stoppingAfter frames: Int? = nil) throws {
        guard full.indices.contains(place) else { return }
        let name = full[place]
        var looks = 0
        let sealer = SegmentSealer(directory: Self.directory, fileSystem: disk) {
            looks += 1
            return frames.map { looks > $0 } ?? false
        }
        try sealer.seal(name)
        index.replace(name)
        full.remove(at: place)
        try sealer.removeJournal(name)
    }

    /// Writes a snapshot of what the log amounts to.
    func writeSnapshot(of contents: Contents, ballast: Int, neededFrom: UInt64) throws {
        let content = SnapshotWriting.Content(
            position: journal.position, log: journal.header.log, createdAt: options.now(),
            contentVersion: Self.contentVersion, neededFrom: neededFrom)
        _ = try SnapshotWriting(directory: Self.directory, fileSystem: disk).write(content) {
            (entries) throws(LogError) in try contents.write(to: &entries, ballast: ballast)
        }
    }

    /// What retention would take away.
    func planRetention(_ retention: Retention) throws -> RetentionPlan {
        try RetentionRun(directory: Self.directory, fileSystem: disk).plan(retention, now: options.now())
    }

    /// Takes it away.
    func applyRetention(_ plan: RetentionPlan, archive: String?) throws {
        let run = RetentionRun(directory: Self.directory, fileSystem: disk)
        try run.apply(plan, archive: archive, now: options.now()) { index.remove(Set($0)) }
    }
}
