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
    /// A directory without segments: the file that proves that a log was there.
    private(set) var trace: String?
    /// The names in a directory without segments that belong to no log and are not to be expected in any directory.
    private(set) var strangers: [String] = []

    /// Whether the directory is empty but for what a log that was never opened completely leaves behind.
    var isFresh: Bool { segments.isEmpty && trace == nil && strangers.isEmpty }

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
        guard segments.isEmpty else { return }
        trace =
            [FileName.identity, FileName.removals, FileName.moved].first { names.contains($0) }
            ?? snapshots.first?.description
        if trace == nil, names.contains(FileName.quarantine) {
            trace = try Self.quarantinedFile(in: directory, fileSystem: fileSystem)
        }
        let own = Set(
            FileName.unfinished + [
                FileName.lock, FileName.quarantine, FileName.identity, FileName.removals, FileName.moved,
            ])
        strangers = names.filter { name in
            !own.contains(name) && SnapshotName(fileName: name) == nil && !Self.isToBeExpected(name)
        }.sorted()
    }

    /// Returns true for names that file systems and desktops leave in any directory.
    private static func isToBeExpected(_ name: String) -> Bool { name.hasPrefix(".") || name == "lost+found" }

    private static func quarantinedFile(
        in directory: String, fileSystem: any FileSystem
    ) throws(FileSystemError) -> String? {
        let names = try fileSystem.entries(ofDirectory: "\(directory)/\(FileName.quarantine)")
        return names.sorted().first { QuarantineName(fileName: $0) != nil }.map { "\(FileName.quarantine)/\($0)" }
    }

    /// The reason why a directory without segments and traces of a log is not a log, as the end of a sentence.
    var strangeness: String {
        guard !strangers.isEmpty else { return "it has no segment" }
        let more = strangers.count - min(strangers.count, 3)
        let shown = strangers.prefix(3).map { $0.filter { !$0.isNewline && $0 >= " " } }.joined(separator: ", ")
        return "it holds other files (\(shown)\(more > 0 ? " and \(more) more" : "")) and no segment"
    }

    /// Leaves out the segments before the log's beginning, and returns them, in both forms: remains of a removal that was cut short, or
    /// files that were put back.
    mutating func dropSegments(before number: UInt32) -> [SegmentName] {
        let dropped = (segments + unfinishedSealed).filter { $0.number < number }
        segments.removeAll { $0.number < number }
        unfinishedSealed.removeAll { $0.number < number }
        return dropped.sorted()
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
