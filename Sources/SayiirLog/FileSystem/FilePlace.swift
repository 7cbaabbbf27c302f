#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The facts about a path by which ``WriteTarget`` decides.
struct FilePlace {
    enum Kind: Hashable {
        case missing, file, directory
        /// A pipe, a socket or a device.
        case special
    }

    /// What identifies a file whatever its name. In a file system other than the machine's own the normalized path has to do.
    enum Identity: Hashable {
        case inode(device: UInt64, number: UInt64)
        case path([String])
    }

    /// The path with all links resolved.
    var resolved: String
    var kind = Kind.missing
    /// A Boolean value that indicates whether the last component of the path is a symbolic link.
    var isLink = false
    var identity: Identity?
    var linkCount = 1
    var isWritable = true
    /// The file's first bytes, at most 100.
    var start: [UInt8] = []
    /// The directories above the path that exist, from the root on.
    var ancestors: [String]

    /// Looks at a path.
    ///
    /// - Throws: ``WriteTarget/Refusal`` if the path leads nowhere: a link to nothing, or a missing directory below which it goes up.
    init(of path: String, fileSystem: any FileSystem) throws(WriteTarget.Refusal) {
        (resolved, ancestors) = (path, [])
        guard fileSystem is LocalFileSystem else {
            look(at: path, fileSystem)
            return
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw WriteTarget.Refusal(
                path: path, reason: "is not a path", advice: "Give the name of a file or a directory.")
        }
        var status = stat()
        guard lstat(path, &status) == 0 else {
            resolved = try Self.resolvedMissing(path)
            ancestors = Self.ancestors(of: resolved)
            return
        }
        isLink = status.st_mode & S_IFMT == S_IFLNK
        guard let real = Self.real(path), stat(real, &status) == 0 else {
            throw WriteTarget.Refusal(
                path: path, reason: isLink ? "is a link that leads nowhere" : "cannot be looked at",
                advice: "Give another name.")
        }
        resolved = real
        ancestors = Self.ancestors(of: real)
        identity = Identity(status)
        linkCount = Int(clamping: UInt64(status.st_nlink))
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        default: kind = .special
        }
        // The superuser may write anywhere: a file that nobody may write to is protected from mistakes, too.
        isWritable = status.st_mode & 0o222 != 0 && access(real, W_OK) == 0
        if kind == .file { start = Self.start(of: real, fileSystem) }
    }

    /// Looks at a path of a file system that knows neither links nor inodes.
    private mutating func look(at path: String, _ fileSystem: any FileSystem) {
        let components = Self.components(path)
        identity = .path(components)
        ancestors = components.indices.dropFirst().map { Self.joined(components[..<$0]) }
        if (try? fileSystem.open(path, as: .read)) != nil {
            kind = .file
            start = Self.start(of: path, fileSystem)
        } else if (try? fileSystem.entries(ofDirectory: path)) != nil {
            kind = .directory
        }
    }

    private static func start(of path: String, _ fileSystem: any FileSystem) -> [UInt8] {
        (try? fileSystem.open(path, as: .read).readBytes(100, at: 0)) ?? []
    }

    private static func real(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Resolves as much of a path as exists. The rest must not go up again.
    private static func resolvedMissing(_ path: String) throws(WriteTarget.Refusal) -> String {
        var (head, tail) = (Substring(path), [Substring]())
        while true {
            while head.count > 1, head.hasSuffix("/") { head.removeLast() }
            let slash = head.lastIndex(of: "/")
            let name = slash.map { head[head.index(after: $0)...] } ?? head
            if name == ".." {
                throw WriteTarget.Refusal(
                    path: path, reason: "leads through a directory that does not exist", advice: "Give another name.")
            }
            if !name.isEmpty, name != "." { tail.insert(name, at: 0) }
            head = slash.map { head[..<$0] } ?? ""
            let parent = slash == nil ? "." : head.isEmpty ? "/" : String(head)
            var status = stat()
            if lstat(parent, &status) == 0 {
                guard let real = real(parent) else {
                    throw WriteTarget.Refusal(
                        path: path, reason: "leads through a link that leads nowhere", advice: "Give another name.")
                }
                return (real == "/" ? "" : real) + "/" + tail.joined(separator: "/")
            }
            if parent == "/" || parent == "." { return path }
        }
    }

    private static func ancestors(of resolved: String) -> [String] {
        let components = components(resolved)
        return components.indices.dropFirst().map { joined(components[..<$0]) }
    }

    /// The components of a path without `.` and, as far as that can be told, without `..`; the first one is `/` if it is absolute.
    static func components(_ path: String) -> [String] {
        var components: [String] = path.hasPrefix("/") ? ["/"] : []
        for component in path.split(separator: "/") where component != "." {
            if component == "..", let last = components.last, last != "..", last != "/" {
                components.removeLast()
            } else {
                components.append(String(component))
            }
        }
        return components
    }

    private static func joined(_ components: ArraySlice<String>) -> String {
        guard components.first == "/" else { return components.joined(separator: "/") }
        return "/" + components.dropFirst().joined(separator: "/")
    }
}

extension FilePlace.Identity {
    fileprivate init(_ status: stat) {
        self = .inode(
            device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
    }

    /// Identifies what stands at a path; by the path alone if nothing does.
    init(of path: String, fileSystem: any FileSystem) {
        var status = stat()
        self =
            fileSystem is LocalFileSystem && stat(path, &status) == 0
            ? Self(status) : .path(FilePlace.components(path))
    }
}
