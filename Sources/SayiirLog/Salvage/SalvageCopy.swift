/// A new log that takes the commits of an old one, each as one commit, byte for byte.
package struct SalvageCopy {
    private var journal: Journal
    private let lock: WriterLock
    private let directory: String
    private let fileSystem: any FileSystem

    /// Creates the log, with an identity of its own.
    ///
    /// - Parameters:
    ///   - directory: A directory that is missing or empty.
    ///   - options: How the log is written; syncs are put together whatever they say.
    ///   - fileSystem: Where the directory is.
    /// - Throws: ``LogError/notALog(directory:reason:)`` if the directory holds something, or what creating a log throws.
    package init(to directory: String, options: LogOptions, fileSystem: any FileSystem) throws {
        self.directory = directory
        self.fileSystem = fileSystem
        do throws(FileSystemError) {
            guard try fileSystem.entries(ofDirectory: directory).isEmpty else {
                throw FileSystemError(operation: "use", path: directory, code: 0)
            }
        } catch {
            guard error.code != 0 else {
                throw LogError.notALog(directory: directory, reason: "it is not empty")
            }
            guard error.isMissingFile else { throw LogError.fileSystem(error) }
        }
        var options = options
        options.durability = .buffered
        do {
            let opened = try LogRecovery(directory: directory, fileSystem: fileSystem, options: options).open { _ in }
            lock = opened.lock
            journal = Journal(
                from: opened.start, directory: directory, fileSystem: opened.fileSystem, options: options)
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        }
    }

    /// The last sequence that was given.
    package var lastSequence: UInt64 { journal.nextSequence - 1 }

    /// Adds the commits of a frame of the old log.
    ///
    /// - Throws: ``LogError`` if the disk fails or is full. The copy is of no use then.
    package mutating func append(_ frame: Frame) throws {
        try frame.forEachCommit { records, count in
            _ = try journal.commit([RecordBatch(encoded: Array(records), count: Int(count))])
        }
    }

    /// Makes the copy durable, gives it free, and reads it back.
    ///
    /// - Throws: ``LogError`` if the disk fails.
    package mutating func finish() throws -> Assessment {
        try journal.promise()
        lock.release()
        return try LogReader(directory: directory, fileSystem: fileSystem).verify()
    }
}
