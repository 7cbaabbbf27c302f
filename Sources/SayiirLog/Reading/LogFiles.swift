/// Which files of a directory belong to its log.
struct LogFiles {
    /// The segments, in the log's order, each in one form.
    private(set) var segments: [SegmentName]
    /// Sealed forms that are not in use: their journals are still there.
    private(set) var unfinishedSealed: [SegmentName]
    /// The snapshots, the oldest first.
    private(set) var snapshots: [SnapshotName]
    /// Whether a lock file is there: the mark of a log that may not have a segment yet.
    private(set) var hasLock: Bool
    /// Whether segments were removed from the log's front.
    private(set) var hasRemovals: Bool
    /// What a writer that did not come to its end left behind.
    private(set) var unfinished: [String]
    /// Whether the directory is empty but for what a log that was never opened completely leaves behind.
    private(set) var isFresh: Bool

    init(in directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        let names = try fileSystem.entries(ofDirectory: directory)
        var journals: [SegmentName] = []
        var sealed: [SegmentName] = []
        for name in names.compactMap({ SegmentName(fileName: $0) }) {
            if name.isSealed { sealed.append(name) } else { journals.append(name) }
        }
        let inBothForms = Set(journals.map(\.otherForm))
        segments = (journals + sealed.filter { !inBothForms.contains($0) }).sorted()
        unfinishedSealed = sealed.filter { inBothForms.contains($0) }.sorted()
        snapshots = names.compactMap { SnapshotName(fileName: $0) }.sorted()
        hasLock = names.contains(FileName.lock)
        hasRemovals = names.contains(FileName.removals)
        unfinished = FileName.unfinished.filter { names.contains($0) }
        let own = Set(FileName.unfinished + [FileName.lock, FileName.quarantine])
        isFresh = segments.isEmpty && names.allSatisfy { own.contains($0) }
    }

    /// Leaves out the segments before the log's beginning: remains of a removal that was cut short.
    mutating func dropSegments(before number: UInt32) -> [SegmentName] {
        let dropped = segments.filter { $0.number < number }
        segments.removeAll { $0.number < number }
        return dropped
    }

    /// The log's identity by its newest segment; `nil` if there is none or its header is damaged, of which a scan speaks.
    func identity(in directory: String, fileSystem: any FileSystem) throws -> LogID? {
        guard let newest = segments.last else { return nil }
        do {
            return try SegmentReader(newest, in: directory, fileSystem: fileSystem).header.log
        } catch is SegmentHeader.Defect {
            return nil
        }
    }
}
