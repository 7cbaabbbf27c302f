/// Where a log begins: with its first record, or where retention has left off.
struct LogBeginning: Hashable, Sendable {
    var number: UInt32
    var firstSequence: UInt64
    /// `nil` for the beginning of everything, where the log's identity decides it.
    var digest: ChainDigest?
    var log: LogID?

    /// Nothing was ever removed.
    static let first = LogBeginning(number: 1, firstSequence: 1, digest: nil, log: nil)

    /// What a directory says.
    ///
    /// - Throws: a ``Removals/Defect``, a ``LogError`` or a ``FileSystemError``.
    init(of files: LogFiles, in directory: String, fileSystem: any FileSystem) throws {
        guard files.hasRemovals else {
            self = .first
            return
        }
        let header = try Removals(in: directory, fileSystem: fileSystem).header
        self.init(
            number: header.number, firstSequence: header.firstSequence, digest: header.previousDigest, log: header.log)
    }

    init(number: UInt32, firstSequence: UInt64, digest: ChainDigest?, log: LogID?) {
        self.number = number
        self.firstSequence = firstSequence
        self.digest = digest
        self.log = log
    }
}
