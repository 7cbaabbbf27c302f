/// Which files of a directory belong to its log.
struct LogFiles {
    /// The segments, in the log's order.
    var segments: [SegmentName]
    /// Whether a lock file is there: the mark of a log that may not have a segment yet.
    var hasLock: Bool
    /// Whether the directory is empty but for what a log that was never opened completely leaves behind.
    var isFresh: Bool

    init(in directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        let names = try fileSystem.entries(ofDirectory: directory)
        segments = names.compactMap { SegmentName(fileName: $0) }.sorted()
        hasLock = names.contains(SegmentName.lock)
        let own: Set = [SegmentName.lock, SegmentName.prepared, SegmentName.quarantine]
        isFresh = segments.isEmpty && names.allSatisfy { own.contains($0) }
    }
}
