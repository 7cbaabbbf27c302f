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
    /// Gives access to the machine's files.
    public init() {}

    /// Creates a directory and whatever is missing above it.
    public func createDirectory(at path: String) throws(FileSystemError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            prefix += component
            if mkdir(prefix, 0o755) != 0 && errno != EEXIST {
                throw FileSystemError(operation: "create directory", path: prefix, code: errno)
            }
            prefix += "/"
        }
    }

    /// The names in a directory, without `.` and `..`.
    public func entries(ofDirectory path: String) throws(FileSystemError) -> [String] {
        guard let directory = opendir(path) else {
            throw FileSystemError(operation: "list", path: path, code: errno)
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

    /// Opens a file; it is closed when released, and not inherited by child processes.
    public func open(_ path: String, as mode: OpenMode) throws(FileSystemError) -> any File {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .readWriteCreating: O_RDWR | O_CREAT
            }
        #if canImport(Glibc)
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
        #elseif canImport(Musl)
            let descriptor = Musl.open(path, flags | O_CLOEXEC, 0o644)
        #else
            let descriptor = Darwin.open(path, flags | O_CLOEXEC, 0o644)
        #endif
        guard descriptor >= 0 else { throw FileSystemError(operation: "open", path: path, code: errno) }
        return LocalFile(descriptor: descriptor, path: path)
    }

    /// Gives a file another name, atomically.
    public func rename(_ path: String, to newPath: String) throws(FileSystemError) {
        #if canImport(Glibc)
            let result = Glibc.rename(path, newPath)
        #elseif canImport(Musl)
            let result = Musl.rename(path, newPath)
        #else
            let result = Darwin.rename(path, newPath)
        #endif
        guard result == 0 else { throw FileSystemError(operation: "rename", path: path, code: errno) }
    }

    /// Removes a file.
    public func remove(_ path: String) throws(FileSystemError) {
        guard unlink(path) == 0 else { throw FileSystemError(operation: "remove", path: path, code: errno) }
    }

    /// Makes the names in a directory durable with `fsync`.
    public func synchronizeDirectory(at path: String) throws(FileSystemError) {
        let code = csayiir_synchronize_directory(path)
        guard code == 0 else {
            throw FileSystemError(operation: "synchronize directory", path: path, code: code)
        }
    }
}

/// A file of the operating system, by its descriptor.
final class LocalFile: File {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func size() throws(FileSystemError) -> Int64 {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw failure("examine") }
        return Int64(information.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        let count = uninterrupted { pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
        guard count >= 0 else { throw failure("read") }
        return count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        let count = uninterrupted { pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)) }
        guard count >= 0 else { throw failure("write") }
        return count
    }

    func synchronize() throws(FileSystemError) {
        let code = csayiir_synchronize(descriptor)
        guard code == 0 else { throw FileSystemError(operation: "synchronize", path: path, code: code) }
    }

    func resize(to size: Int64) throws(FileSystemError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("resize") }
    }

    func tryLock() throws(FileSystemError) -> Bool {
        let code = csayiir_lock(descriptor)
        if code == EAGAIN { return false }
        guard code == 0 else { throw FileSystemError(operation: "lock", path: path, code: code) }
        return true
    }

    func isLockedElsewhere() throws(FileSystemError) -> Bool {
        let answer = csayiir_is_locked_elsewhere(descriptor)
        guard answer >= 0 else { throw FileSystemError(operation: "lock", path: path, code: -answer) }
        return answer == 1
    }

    private func failure(_ operation: String) -> FileSystemError {
        FileSystemError(operation: operation, path: path, code: errno)
    }

    /// Repeats a call that a signal interrupted before it transferred anything.
    private func uninterrupted(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result < 0 && errno == EINTR { continue }
            return result
        }
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
