internal import CSayiir

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file of the operating system, by its descriptor.
final class LocalFile: File {
    private let descriptor: Int32
    private let currentPath: Monitor<String>
    private var path: String { currentPath.withLock { $0 } }

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        currentPath = Monitor(path)
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

    func identity() throws(FileSystemError) -> FileIdentity? {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw failure("examine") }
        return FileIdentity(information)
    }

    func wasRenamed(to path: String) { currentPath.withLock { $0 = path } }

    private func failure(_ operation: String) -> FileSystemError {
        // Asking for the path takes a lock, which may change the number.
        let code = errno
        return FileSystemError(operation: operation, path: path, code: code)
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
