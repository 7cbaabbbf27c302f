/// Where a log begins: with its first record, or where retention has left off.
struct LogBeginning: Hashable, Sendable {
    var number: UInt32
    var firstSequence: UInt64
    /// `nil` for the beginning of everything, where the log's identity decides it.
    var digest: ChainDigest?
    var log: LogID?
    /// The tree over the records before; `nil` if nobody knows it.
    var tree: MerkleFrontier?

    /// Nothing was ever removed.
    static let first = LogBeginning(number: 1, firstSequence: 1, tree: MerkleFrontier())

    /// What a directory says.
    ///
    /// - Throws: a ``Removals/Defect``, a ``LogError`` or a ``FileSystemError``.
    init(of files: LogFiles, in directory: String, fileSystem: any FileSystem) throws {
        guard files.hasRemovals else {
            self = .first
            return
        }
        let removals = try Removals(in: directory, fileSystem: fileSystem)
        let header = removals.header
        self.init(
            number: header.number, firstSequence: header.firstSequence, digest: header.previousDigest, log: header.log,
            tree: removals.tree)
    }

    init(
        number: UInt32, firstSequence: UInt64, digest: ChainDigest? = nil, log: LogID? = nil,
        tree: MerkleFrontier? = nil
    ) {
        self.number = number
        self.firstSequence = firstSequence
        self.digest = digest
        self.log = log
        self.tree = tree
    }
}
