extension FileSystem {
    /// Creates a directory and whatever is missing above it, so that a crash does not take them away again. What is there
    /// already may be the work of somebody who was stopped before it was durable, so all names on the way are synced.
    func createDirectoryDurably(at path: String) throws(FileSystemError) {
        try createMissingDirectories(at: path)
        var path = path
        while parent(of: path) != path {
            path = parent(of: path)
            do throws(FileSystemError) {
                try synchronizeDirectory(at: path)
            } catch {
                // Nothing of ours was made in a directory that we may not even open.
                guard error.isPermissionDenied else { throw error }
            }
        }
    }

    /// Creates a directory and whatever is missing above it; does nothing if it exists.
    func createMissingDirectories(at path: String) throws(FileSystemError) {
        do throws(FileSystemError) {
            _ = try entries(ofDirectory: path)
        } catch {
            guard error.isMissingFile else { throw error }
            try createDirectory(at: path)
        }
    }

    /// Refuses a name that a file has already, where the file system can tell: giving a name to another file would destroy it.
    ///
    /// - Throws: a ``FileSystemError`` with the code `EEXIST`.
    func requireFree(_ path: String) throws(FileSystemError) {
        if try isThere(path) { throw .existing(path) }
    }

    /// Returns true if a path leads to a file; false where the file system cannot tell.
    func isThere(_ path: String) throws(FileSystemError) -> Bool {
        do throws(FileSystemError) {
            return try identity(of: path) != nil
        } catch {
            guard error.isMissingFile else { throw error }
            return false
        }
    }

    private func parent(of path: String) -> String {
        let components = path.split(separator: "/")
        if path.hasPrefix("/") { return "/" + components.dropLast().joined(separator: "/") }
        return components.count < 2 ? "." : components.dropLast().joined(separator: "/")
    }
}
