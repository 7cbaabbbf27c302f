public import SayiirLog
internal import GRDB

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Tables and views over a log, for questions that the log alone answers slowly: which instances wait, failed, or are stuck.
///
/// The catalogue is a SQLite database beside the log, made of nothing but the log's events. It can be deleted at any time and is built
/// again; the engine neither needs it nor waits for it. `docs/CATALOGUE.md` describes its views, which any SQLite client can read.
///
/// Calls block; make them from a thread that may wait, or use ``CatalogueService``. Several processes may use one catalogue.
public struct Catalogue: Sendable {
    /// The log.
    let reader: LogReader
    /// Where the catalogue is.
    public let path: String

    /// Names a catalogue; nothing is opened or made yet.
    ///
    /// - Parameters:
    ///   - directory: The log's directory.
    ///   - archives: Directories to which retention has moved segments of it.
    ///   - path: The catalogue's file; by default beside the log, ``defaultPath(forLog:)``.
    public init(ofLog directory: String, archives: [String] = [], path: String? = nil) {
        self.init(of: LogReader(directory: directory, archives: archives), path: path)
    }

    /// Names the catalogue of the log that `reader` reads.
    public init(of reader: LogReader, path: String? = nil) {
        self.reader = reader
        self.path = path ?? Self.defaultPath(forLog: reader.directory)
    }

    /// `jobs.sayiir.catalogue` for the log in `jobs.sayiir`: outside of the directory, which only the engine writes.
    public static func defaultPath(forLog directory: String) -> String {
        var directory = Substring(directory)
        while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
        return directory + ".catalogue"
    }

    /// Whether there is a file.
    public var exists: Bool { access(path, F_OK) == 0 }

    /// Takes in what the log has and the catalogue has not; makes the catalogue if there is none, and builds it anew if it cannot be used
    /// or does not reach as far back as the log and its archives.
    ///
    /// Costs four to five microseconds an event. Memory does not grow with the log.
    ///
    /// - Parameter progress: Called now and then with how far it is.
    /// - Returns: The last sequence that the catalogue has.
    /// - Throws: ``CatalogueError/database(file:reason:)``, ``CatalogueError/refused(file:reason:advice:)`` if the file is not this log's
    ///   catalogue, `LogError` if the log cannot be read, and what `progress` throws.
    @discardableResult
    public func update(progress: (CatalogueProgress) throws -> Void = { _ in }) throws -> UInt64 {
        do {
            return try catchUp(progress: progress)
        } catch CatalogueError.unusable {
            return try rebuild(progress: progress)
        }
    }

    /// Builds the catalogue from the log's first record on, beside the one that may be there, and then puts it in its place.
    ///
    /// - Parameter progress: Called now and then with how far it is.
    /// - Returns: The last sequence that the catalogue has.
    /// - Throws: As ``update(progress:)``.
    @discardableResult
    public func rebuild(progress: (CatalogueProgress) throws -> Void = { _ in }) throws -> UInt64 {
        let target = try approvedPath(.written)
        try refuseOtherLog(target)
        let draft = draftPath(for: target)
        defer { removeFiles(of: draft) }
        let sequence = try build(draft, progress: progress)
        // Building may have taken long.
        guard try approvedPath(.written) == target else {
            throw CatalogueError.refused(
                file: path, reason: "was replaced while the catalogue was built", advice: "Run the command again.")
        }
        let files = LocalFileSystem()
        do throws(FileSystemError) {
            // Nothing was synced so far, and a name must not come before what it names.
            try files.open(draft, as: .readWrite).synchronize()
            // What a process that has the old file open still writes goes into files that have no name any more.
            for suffix in ["-wal", "-shm"] { try? files.remove(target + suffix) }
            try files.rename(draft, to: target)
        } catch {
            throw CatalogueError.database(file: path, reason: "\(error)")
        }
        return sequence
    }

    /// Where a new one is made before it takes the place of the old one: another file each time, since others may be at it too.
    func draftPath(for target: String) -> String { "\(target).\(getpid())-\(UInt64.random(in: 0 ... .max)).new" }

    /// Makes a catalogue of the log through a sequence.
    func build(
        _ draft: String, through limit: UInt64 = .max, progress: (CatalogueProgress) throws -> Void = { _ in }
    ) throws -> UInt64 {
        removeAbandonedDrafts(of: draft)
        removeFiles(of: draft)
        let file = try CatalogueFile(creating: draft)
        var update = try CatalogueUpdate(file, from: reader, through: limit)
        _ = try update.run(progress: progress)
        try file.wrapping {
            try file.finish()
        }
        return update.sequence
    }

    /// Takes in what is new.
    func catchUp(progress: (CatalogueProgress) throws -> Void = { _ in }) throws -> UInt64 {
        while true {
            do {
                var update = try beginUpdate()
                _ = try update.run(progress: progress)
                return update.sequence
            } catch is CatalogueError.MovedOn {
                continue
            }
        }
    }

    /// Begins to take in what is new.
    ///
    /// - Throws: ``CatalogueError/unusable(file:reason:)`` also if there is no catalogue.
    func beginUpdate() throws -> CatalogueUpdate {
        guard exists else { throw CatalogueError.unusable(file: path, reason: "there is none") }
        let target = try approvedPath(.written)
        try refuseOtherLog(target)
        return try CatalogueUpdate(CatalogueFile(opening: target), from: reader)
    }

    func removeFiles(of path: String) {
        for suffix in ["", "-journal", "-wal", "-shm"] { try? LocalFileSystem().remove(path + suffix) }
    }
}
