/// The exclusive right to write into a log's directory. Ends with ``release()``, or with the process.
final class WriterLock: Sendable {
    private let file: Monitor<(any File)?>
    /// The newest segment, open for its lock alone: removing the lock file does not let another writer in.
    private let segment = Monitor<(any File)?>(nil)

    /// Takes the lock without waiting. Writes nothing.
    ///
    /// - Throws: ``LogError/locked(directory:holder:)``, or a ``FileSystemError``.
    init(in directory: String, fileSystem: any FileSystem) throws {
        let file = try fileSystem.open("\(directory)/\(FileName.lock)", as: .readWriteCreating)
        guard try file.tryLock() else {
            throw LogError.locked(directory: directory, holder: try Self.holder(in: file))
        }
        self.file = Monitor(file)
    }

    /// Leaves the holder's name in the file for whoever comes second.
    func note(holder: String) throws(FileSystemError) {
        try file.withLock { (file) throws(FileSystemError) in
            guard let file else { return }
            try file.resize(to: 0)
            do throws(FileSystemError) {
                try file.writeFully(Array(holder.utf8), at: 0)
            } catch {
                // The name is for people. A full disk must not keep a log from being opened that needs no room.
                guard error.isOutOfSpace else { throw error }
            }
        }
    }

    /// Locks the file of the newest segment, in the place of the one before. Returns false if another writer has that lock.
    func hold(segment path: String, fileSystem: any FileSystem) throws(FileSystemError) -> Bool {
        let handle = try fileSystem.open(path, as: .readWrite)
        if let held = segment.withLock({ $0 }), let identity = try handle.identity(), try held.identity() == identity {
            return true
        }
        guard try handle.tryLock() else { return false }
        hold(segment: handle)
        return true
    }

    /// Keeps the file of the newest segment, which is locked, in the place of the one before.
    func hold(segment handle: any File) { segment.withLock { $0 = handle } }

    /// Gives the right up. The locks go with the files.
    func release() {
        file.withLock { $0 = nil }
        segment.withLock { $0 = nil }
    }

    /// A Boolean value that indicates whether a path leads to another file than the one that is locked, or to none.
    func isReplaced(at path: String, fileSystem: any FileSystem) -> Bool {
        guard let file = file.withLock({ $0 }) else { return false }
        return file.isReplaced(at: path, fileSystem: fileSystem)
    }

    /// Who holds the lock of a directory; `nil` if nobody does. Takes nothing and changes nothing.
    static func holder(ofDirectory directory: String, fileSystem: any FileSystem) throws(FileSystemError) -> String? {
        let file = try fileSystem.open("\(directory)/\(FileName.lock)", as: .read)
        return try file.isLockedElsewhere() ? try holder(in: file) : nil
    }

    private static func holder(in file: any File) throws(FileSystemError) -> String {
        // Printed on terminals: keep control characters out.
        let text = String(decoding: try file.readBytes(256, at: 0), as: UTF8.self).filter { !$0.isNewline && $0 >= " " }
        return text.isEmpty ? "another process" : text
    }
}

extension File {
    /// A Boolean value that indicates whether a path leads to another file, or to none. Where that cannot be found out, it does not.
    func isReplaced(at path: String, fileSystem: any FileSystem) -> Bool {
        do throws(FileSystemError) {
            guard let held = try identity(), let found = try fileSystem.identity(of: path) else { return false }
            return held != found
        } catch {
            return error.isMissingFile || error.isStale
        }
    }
}
