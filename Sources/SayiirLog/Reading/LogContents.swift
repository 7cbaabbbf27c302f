/// The files of a log, in its directory and in archives of it, and where it begins.
struct LogContents {
    let files: LogFiles
    /// The segments to read, in the log's order.
    private(set) var segments: [SegmentName]
    private(set) var beginning: LogBeginning
    /// Segments before the beginning that are still there: a removal was cut short.
    private(set) var leftovers: [SegmentName]
    private let directory: String
    private var archives: [UInt32: String] = [:]

    /// Lists the files.
    ///
    /// - Throws: a ``Removals/Defect`` if `REMOVED` is damaged, a ``LogError``, or a ``FileSystemError``.
    init(in directory: String, archives: [String] = [], fileSystem: any FileSystem) throws {
        self.directory = directory
        var files = try LogFiles(in: directory, fileSystem: fileSystem)
        beginning = try LogBeginning(of: files, in: directory, fileSystem: fileSystem)
        leftovers = files.dropSegments(before: beginning.number)
        self.files = files
        segments = files.segments
        for archive in archives {
            let archived = try LogFiles(in: archive, fileSystem: fileSystem).segments
            for name in archived where name.number < beginning.number && self.archives[name.number] == nil {
                segments.append(name)
                self.archives[name.number] = archive
            }
        }
        segments.sort()
        if let first = segments.first, first.number < beginning.number {
            // What comes before an archive's first segment is known to nobody: its header is believed.
            beginning =
                first.number == 1
                ? .first
                : LogBeginning(number: first.number, firstSequence: first.firstSequence)
        }
    }

    /// The directory that holds a segment.
    func directory(of segment: SegmentName) -> String { archives[segment.number] ?? directory }
}
