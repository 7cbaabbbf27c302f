/// The decision whether a path that an operator named may be written to. Every command that writes a file asks here first.
///
/// Files are recognized by device, inode and content, not by name: links are followed. Nothing in the directory of any log, and no file
/// that another program made, is ever a target.
package struct WriteTarget {
    /// The kind of content that is to be written.
    package enum Content: Hashable, Sendable {
        /// A document, written under another name and then renamed. An existing file is replaced only if `replacing` is true.
        case document(replacing: Bool)
        /// A SQLite database with this application id, which is created, or replaced, or changed in place.
        case database(applicationID: UInt32)
        /// A SQLite database with this application id, which is only read. SQLite may still repair it.
        case databaseForReading(applicationID: UInt32)
        /// A directory for a new log: it is missing or empty.
        case newLog
        /// A directory in which a file is created and removed again.
        case scratchDirectory
    }

    /// The reason why a path may not be written to.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// The path as it was given.
        package var path: String
        /// What keeps it from being a target, as the predicate of a sentence: `exists`.
        package var reason: String
        /// What to do next, a sentence.
        package var advice: String

        /// `'jobs.html' exists. Give another file.`
        package var description: String { "'\(path)' \(reason). \(advice)" }
    }

    /// Directories in which nothing is written, and files that are not replaced, whatever they hold: those that are being read.
    let protected: [String]
    let fileSystem: any FileSystem

    /// Creates a decision for the commands of one log.
    ///
    /// - Parameters:
    ///   - protected: The log's directory and its archives, or the file that is read in their place.
    ///   - fileSystem: The file system of the targets and the protected paths.
    package init(protecting protected: [String], fileSystem: any FileSystem = LocalFileSystem()) {
        self.protected = protected
        self.fileSystem = fileSystem
    }

    /// Decides whether `content` may be written to `path`.
    ///
    /// - Returns: The path to write to, with all links resolved.
    /// - Throws: ``Refusal`` if the path is not the caller's to write to. Nothing was changed then.
    package func approve(_ path: String, for content: Content) throws(Refusal) -> String {
        let place = try FilePlace(of: path, fileSystem: fileSystem)
        try refuseLogs(place, path, content)
        switch content {
        case .document(let replaces): try judgeDocument(place, path, replaces)
        case .database(let id): try judgeDatabase(place, path, id, isWritten: true)
        case .databaseForReading(let id): try judgeDatabase(place, path, id, isWritten: false)
        case .newLog: try judgeDirectory(place, path, isNew: true)
        case .scratchDirectory: try judgeDirectory(place, path, isNew: false)
        }
        return place.resolved
    }

    /// Refuses what is protected, and whatever lies in the directory of a log.
    private func refuseLogs(_ place: FilePlace, _ path: String, _ content: Content) throws(Refusal) {
        let noun = content.isDirectory ? "directory" : "file"
        let known = protected.map { FilePlace.Identity(of: $0, fileSystem: fileSystem) }
        let isProtected = place.identity.map { known.contains($0) } ?? false
        if isProtected {
            throw Refusal(
                path: path, reason: "is what is being read, and nothing is written there",
                advice: "Give another \(noun).")
        }
        if place.ancestors.contains(where: { known.contains(FilePlace.Identity(of: $0, fileSystem: fileSystem)) }) {
            throw Refusal(
                path: path, reason: "lies in the log's directory, and nothing is written there",
                advice: "Give another \(noun).")
        }
        let directories =
            content.isDirectory && place.kind == .directory ? place.ancestors + [place.resolved] : place.ancestors
        if let log = directories.last(where: holdsLog) {
            let reason =
                log == place.resolved
                ? "holds a log, in which nothing is written" : "lies in '\(log)', the directory of a log"
            throw Refusal(
                path: path, reason: reason,
                advice: content == .scratchDirectory
                    ? "Give another directory on the same disk, the one above it for example."
                    : "Give a \(noun) outside of it.")
        }
    }

    /// Returns whether a directory is that of a log, of an archive of one, or of one that was begun.
    private func holdsLog(_ directory: String) -> Bool {
        guard let names = try? fileSystem.entries(ofDirectory: directory) else { return false }
        if names.contains(where: { SegmentName(fileName: $0) != nil || SnapshotName(fileName: $0) != nil }) {
            return true
        }
        let own = Set(FileName.unfinished + [FileName.lock, FileName.quarantine, FileName.moved, FileName.removals])
        return names.contains(FileName.lock) && names.allSatisfy { own.contains($0) || $0.hasPrefix(".") }
    }

    private func judgeDocument(_ place: FilePlace, _ path: String, _ replaces: Bool) throws(Refusal) {
        guard place.kind != .missing else { return }
        let advice = "Give another file."
        try requireFile(place, path)
        if let owner = place.start.owner { throw Refusal(path: path, reason: "is \(owner)", advice: advice) }
        guard replaces else {
            throw Refusal(path: path, reason: "exists", advice: "Give another file, or --force to replace it.")
        }
        try requireWritable(place, path)
    }

    private func judgeDatabase(
        _ place: FilePlace, _ path: String, _ applicationID: UInt32, isWritten: Bool
    ) throws(Refusal) {
        if place.kind != .missing {
            try requireFile(place, path)
            guard place.start.isEmpty || place.start.sqliteApplicationID == applicationID else {
                throw Refusal(
                    path: path, reason: "is \(place.start.owner ?? "not a catalogue")",
                    advice: "Give another file. If it is a catalogue that was damaged, remove it.")
            }
            guard place.linkCount <= 1 else {
                throw Refusal(
                    path: path, reason: "has a second name, and SQLite damages databases with two names",
                    advice: "Remove one of the names, or give another file.")
            }
            if isWritten { try requireWritable(place, path) }
        }
        for (suffix, isExpected) in SQLiteFile.companions {
            let companion: FilePlace
            do {
                companion = try FilePlace(of: place.resolved + suffix, fileSystem: fileSystem)
            } catch {
                throw Refusal(path: path + suffix, reason: error.reason, advice: "Remove it, or give another file.")
            }
            guard companion.kind != .missing else { continue }
            guard companion.kind == .file, !companion.isLink, companion.linkCount <= 1, isExpected(companion.start)
            else {
                throw Refusal(
                    path: path + suffix, reason: "stands where SQLite writes, and is not SQLite's",
                    advice: "Give another file for the catalogue.")
            }
        }
    }

    private func judgeDirectory(_ place: FilePlace, _ path: String, isNew: Bool) throws(Refusal) {
        switch place.kind {
        case .directory: break
        case .missing where isNew: return
        case .missing:
            throw Refusal(
                path: path, reason: "does not exist", advice: "Give a directory in which files may be written.")
        case .file, .special: throw Refusal(path: path, reason: "is not a directory", advice: "Give a directory.")
        }
        try requireWritable(place, path)
        guard isNew else { return }
        guard let names = try? fileSystem.entries(ofDirectory: place.resolved), names.isEmpty else {
            throw Refusal(path: path, reason: "is not empty", advice: "Give a directory that is missing or empty.")
        }
    }

    private func requireFile(_ place: FilePlace, _ path: String) throws(Refusal) {
        switch place.kind {
        case .file: return
        case .directory: throw Refusal(path: path, reason: "is a directory", advice: "Give the name of a file.")
        case .missing, .special:
            throw Refusal(
                path: path, reason: "is not a regular file",
                advice: "Give another file. To write to a pipe, use the shell's redirection.")
        }
    }

    private func requireWritable(_ place: FilePlace, _ path: String) throws(Refusal) {
        guard place.isWritable else {
            throw Refusal(
                path: path, reason: "may not be written to",
                advice: "Change its permissions, or give another \(place.kind == .directory ? "directory" : "file").")
        }
    }
}

extension WriteTarget.Content {
    fileprivate var isDirectory: Bool {
        switch self {
        case .newLog, .scratchDirectory: true
        case .document, .database, .databaseForReading: false
        }
    }
}

/// The marks by which SQLite's files are recognized.
private enum SQLiteFile {
    /// The suffixes of the files that SQLite keeps beside a database, and what each of them begins with if it is not empty.
    static let companions: [(suffix: String, isExpected: @Sendable ([UInt8]) -> Bool)] = [
        (
            "-wal",
            { $0.isEmpty || $0.starts(with: [0x37, 0x7F, 0x06, 0x82]) || $0.starts(with: [0x37, 0x7F, 0x06, 0x83]) }
        ),
        ("-journal", { $0.allSatisfy { $0 == 0 } || $0.starts(with: [0xD9, 0xD5, 0x05, 0xF9]) }),
        // The version of the index, in the machine's own byte order.
        (
            "-shm",
            {
                $0.allSatisfy { $0 == 0 } || $0.starts(with: [0x18, 0xE2, 0x2D, 0])
                    || $0.starts(with: [0, 0x2D, 0xE2, 0x18])
            }
        ),
    ]
}

extension [UInt8] {
    private var isSQLite: Bool { count >= 72 && starts(with: Array("SQLite format 3\0".utf8)) }

    /// The application id of a SQLite database that begins with these bytes.
    fileprivate var sqliteApplicationID: UInt32? {
        guard isSQLite else { return nil }
        return self[68..<72].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The program's files that begin with these bytes, in words; `nil` for any other content.
    fileprivate var owner: String? {
        if starts(with: Array("SAYIIRLG".utf8)) { return "a file of a log" }
        return isSQLite ? "a database" : nil
    }
}
