/// A snapshot in a log's directory. Made by ``LogReader/snapshots()``.
public struct LogSnapshot: Hashable, Sendable {
    /// The file's name.
    public var file: String
    /// The last sequence that it covers.
    public var coveredSequence: UInt64
    /// The file's length in bytes.
    public var byteCount: Int64
    /// When it was made, in nanoseconds since 1970; `nil` if its header is damaged.
    public var createdAt: Int64?
    /// The chain digest after the last record that it covers; `nil` if its header is damaged.
    public var digest: ChainDigest?
    /// The log that it belongs to; `nil` if its header is damaged.
    public var log: LogID?
    /// What is wrong with it; `nil` if it is whole.
    public var defect: String?
}

extension LogReader {
    /// The log's snapshots, the oldest first, each read whole and checked. What they say is not held against the records.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``. Damage is not thrown: it is in the list.
    public func snapshots() throws -> [LogSnapshot] {
        do {
            let files = try LogFiles(in: directory, fileSystem: fileSystem)
            let log = try files.identity(in: directory, fileSystem: fileSystem)
            return try files.snapshots.compactMap { try snapshot($0, of: log) }
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        }
    }

    /// `nil` if the writer has taken it away meanwhile.
    private func snapshot(_ name: SnapshotName, of log: LogID?) throws -> LogSnapshot? {
        var snapshot = LogSnapshot(file: "\(name)", coveredSequence: name.coveredSequence, byteCount: 0)
        do {
            snapshot.byteCount = try fileSystem.open("\(directory)/\(name)", as: .read).size()
            let file = try SnapshotFile(name, in: directory, fileSystem: fileSystem)
            snapshot.createdAt = file.header.createdAt
            snapshot.digest = file.header.previousDigest
            snapshot.log = file.header.log
            try file.read()
            if let log { try file.require(log) }
        } catch let error as FileSystemError where error.isMissingFile {
            return nil
        } catch let defect as SnapshotFile.Defect {
            snapshot.defect = defect.reason
        }
        return snapshot
    }
}
