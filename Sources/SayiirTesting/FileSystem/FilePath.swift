/// The one spelling of a path that the simulation stores: no `.`, no empty components, no trailing slash.
/// The current directory is `.`, the root is `/`.
func normalizedPath(_ path: String) -> String {
    let components = path.split(separator: "/").filter { $0 != "." }
    if path.hasPrefix("/") { return "/" + components.joined(separator: "/") }
    return components.isEmpty ? "." : components.joined(separator: "/")
}

/// The directory that holds a normalized path.
func parentDirectory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Whether a normalized path names a directory that always exists.
func isRoot(_ path: String) -> Bool { path == "." || path == "/" }
