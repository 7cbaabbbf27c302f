internal import SayiirLog

/// What stands around a log's records: its files, its snapshots, and what was taken from its front.
struct Surroundings {
    var segmentCount = 0
    var sealedCount = 0
    /// The length of all segments' files, with what is prepared and not yet used.
    var fileBytes: UInt64 = 0
    var snapshots: [LogSnapshot] = []
    /// Why a snapshot that is whole does not fit the log, by its file.
    var contradictions: [String: String] = [:]
    var removed: [RemovedSegment] = []
    /// How many of the removed segments are read from archives.
    var readFromArchives = 0
    /// The archived segments, held against what the log remembers of them; only where archives are given.
    var archived: [ArchivedSegment] = []

    /// Whether something that is whole says that the log is not.
    var isContradicted: Bool { !contradictions.isEmpty || archived.contains { $0.file != nil && !$0.isIntact } }

    /// What the files say, without the records.
    ///
    /// - Parameter checksArchives: Whether archived files are read and compared with what the log remembers.
    init(of log: LogSource, snapshots: [LogSnapshot], checksArchives: Bool = false) throws {
        self.snapshots = snapshots
        do {
            let segments = try log.reader.segments()
            segmentCount = segments.count
            sealedCount = segments.count { $0.name.isSealed }
            fileBytes = segments.reduce(0) { $0 + UInt64(clamping: $1.byteCount) }
            removed = try log.reader.removedSegments()
            let names = Set(segments.map(\.name))
            readFromArchives = removed.count { names.contains($0.name) }
            if checksArchives, !log.reader.archives.isEmpty { archived = try log.reader.archivedSegments() }
        } catch LogError.refused {
            // The list of removals is damaged: of that the verdict speaks.
        }
    }
}
