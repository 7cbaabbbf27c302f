extension FileSystem {
    /// Creates a directory and whatever is missing above it, so that a crash does not take them away again.
    func createDirectoryDurably(at path: String) throws(FileSystemError) {
        let missing = try missingDirectories(at: path)
        guard !missing.isEmpty else { return }
        try createDirectory(at: path)
        for path in missing { try synchronizeDirectory(at: parent(of: path)) }
    }

    /// The directory and those above it that do not exist, the highest last.
    private func missingDirectories(at path: String) throws(FileSystemError) -> [String] {
        var missing: [String] = []
        var path = path
        while true {
            do throws(FileSystemError) {
                _ = try entries(ofDirectory: path)
                return missing
            } catch {
                guard error.isMissingFile, parent(of: path) != path else { throw error }
                missing.append(path)
                path = parent(of: path)
            }
        }
    }

    private func parent(of path: String) -> String {
        let components = path.split(separator: "/")
        if path.hasPrefix("/") { return "/" + components.dropLast().joined(separator: "/") }
        return components.count < 2 ? "." : components.dropLast().joined(separator: "/")
    }
}
