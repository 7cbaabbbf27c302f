internal import CSayiir

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The operating system's own files.
public struct LocalFileSystem: FileSystem {
    /// The directory that is held open, if there is one.
    private var held: HeldDirectory?

    /// Gives access to the machine's files.
    public init() {}

    /// Creates a directory and whatever is missing above it.
    public func createDirectory(at path: String) throws(FileSystemError) {
        let (base, rest) = place(of: path)
        var prefix = rest.hasPrefix("/") ? "/" : ""
        for component in rest.split(separator: "/") {
            prefix += component
            if mkdirat(base, prefix, 0o755) != 0 && errno != EEXIST {
                throw FileSystemError(operation: "create directory", path: prefix, code: errno)
            }
            prefix += "/"
        }
    }

    /// The names in a directory, without `.` and `..`.
    public func entries(ofDirectory path: String) throws(FileSystemError) -> [String] {
        let (base, rest) = place(of: path)
        let descriptor = csayiir_open_at(base, rest, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw FileSystemError(operation: "list", path: path, code: -descriptor) }
        guard let directory = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw FileSystemError(operation: "list", path: path, code: code)
        }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: capacity) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FileSystemError(operation: "list", path: path, code: errno) }
        return names
    }

    /// Opens a file; it is closed when released, and not inherited by child processes. What is not a regular file is refused.
    public func open(_ path: String, as mode: OpenMode) throws(FileSystemError) -> any File {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .readWriteCreating: O_RDWR | O_CREAT
            }
        let (base, rest) = place(of: path)
        let descriptor = csayiir_open_at(base, rest, flags)
        guard descriptor >= 0 else { throw FileSystemError(operation: "open", path: path, code: -descriptor) }
        return LocalFile(descriptor: descriptor, path: path)
    }

    /// Gives a file another name, atomically.
    public func rename(_ path: String, to newPath: String) throws(FileSystemError) {
        let (base, rest) = place(of: path)
        let (newBase, newRest) = place(of: newPath)
        guard renameat(base, rest, newBase, newRest) == 0 else {
            throw FileSystemError(operation: "rename", path: path, code: errno)
        }
    }

    /// Removes a file.
    public func remove(_ path: String) throws(FileSystemError) {
        let (base, rest) = place(of: path)
        guard unlinkat(base, rest, 0) == 0 else {
            throw FileSystemError(operation: "remove", path: path, code: errno)
        }
    }

    /// Makes the names in a directory durable with `fsync`.
    public func synchronizeDirectory(at path: String) throws(FileSystemError) {
        let (base, rest) = place(of: path)
        let code = csayiir_synchronize_directory(base, rest)
        guard code == 0 else {
            throw FileSystemError(operation: "synchronize directory", path: path, code: code)
        }
    }

    /// Returns the machine's files, with a directory held open: paths in it are followed from there.
    public func holding(directory path: String) throws(FileSystemError) -> any FileSystem {
        var copy = LocalFileSystem()
        copy.held = try HeldDirectory(path)
        return copy
    }

    /// A Boolean value that indicates whether the path of the directory that is held open still leads to it.
    public var directoryIsInPlace: Bool { held?.isInPlace ?? true }

    /// Returns the device and inode of the file that a path leads to.
    public func identity(of path: String) throws(FileSystemError) -> FileIdentity? {
        let (base, rest) = place(of: path)
        var information = stat()
        guard fstatat(base, rest, &information, 0) == 0 else {
            throw FileSystemError(operation: "examine", path: path, code: errno)
        }
        return FileIdentity(information)
    }

    /// Returns the free bytes that the process may use, of the volume that holds the directory.
    public func freeByteCount(ofDirectory path: String) throws(FileSystemError) -> Int64? {
        var information = statvfs()
        let code =
            held.map { $0.relative(path) == "." ? fstatvfs($0.descriptor, &information) : statvfs(path, &information) }
            ?? statvfs(path, &information)
        guard code == 0 else { throw FileSystemError(operation: "examine", path: path, code: errno) }
        // Some file systems on other machines do not count their blocks.
        guard information.f_blocks > 0 else { return nil }
        let (bytes, isTooLarge) = Int64(clamping: information.f_bavail)
            .multipliedReportingOverflow(by: Int64(clamping: information.f_frsize))
        return isTooLarge ? .max : bytes
    }

    /// The open directory where following a path begins, and what remains of the path.
    private func place(of path: String) -> (base: Int32, rest: String) {
        guard let held, let rest = held.relative(path) else { return (csayiir_working_directory(), path) }
        return (held.descriptor, rest)
    }
}

/// The system's text for an error number.
func systemErrorText(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress else { return "error" }
        csayiir_error_text(code, start, buffer.count)
        return String(cString: start)
    }
}
