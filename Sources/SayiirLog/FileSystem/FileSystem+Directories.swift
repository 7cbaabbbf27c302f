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

    private func parent(of path: String) -> String {
        let components = path.split(separator: "/")
        if path.hasPrefix("/") { return "/" + components.dropLast().joined(separator: "/") }
        return components.count < 2 ? "." : components.dropLast().joined(separator: "/")
    }
}
