/// The one spelling of a path that the simulation stores: no `.`, no empty components, no trailing slash.
/// The current directory is `.`, the root is `/`.
func normalizedPath(_ path: String) -> String {
    if isNormalized(path.utf8) { return path }
    let components = path.split(separator: "/").filter { $0 != "." }
    if path.hasPrefix("/") { return "/" + components.joined(separator: "/") }
    return components.isEmpty ? "." : components.joined(separator: "/")
}

/// Whether nearly every path is: without a dot or an empty component, and so with nothing to change.
private func isNormalized(_ path: String.UTF8View) -> Bool {
    // Both the start and what follows a slash begin a component.
    var beginsComponent = true
    for byte in path.dropFirst(path.first == UInt8(ascii: "/") ? 1 : 0) {
        if beginsComponent && (byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")) { return false }
        beginsComponent = byte == UInt8(ascii: "/")
    }
    return !beginsComponent
}

/// The directory that holds a normalized path.
func parentDirectory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Whether a normalized path names a directory that always exists.
func isRoot(_ path: String) -> Bool { path == "." || path == "/" }
