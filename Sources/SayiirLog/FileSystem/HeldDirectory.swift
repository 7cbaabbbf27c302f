internal import CSayiir

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory that is held open.
final class HeldDirectory: Sendable {
    let descriptor: Int32
    /// The path as its user spells it: what begins with it lies in the directory.
    private let path: String
    private let prefix: String
    /// The path from the root: a process may change its working directory.
    private let absolutePath: String
    private let identity: FileIdentity

    init(_ path: String) throws(FileSystemError) {
        let descriptor = csayiir_open_at(csayiir_working_directory(), path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw FileSystemError(operation: "open", path: path, code: -descriptor) }
        self.descriptor = descriptor
        self.path = path
        prefix = path.hasSuffix("/") ? path : path + "/"
        absolutePath = path.hasPrefix("/") ? path : (Self.workingDirectory.map { $0 + "/" } ?? "") + path
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            let code = errno
            close(descriptor)
            throw FileSystemError(operation: "examine", path: path, code: code)
        }
        identity = FileIdentity(information)
    }

    deinit { close(descriptor) }

    /// The path from the directory on; `nil` if it does not lie in it.
    func relative(_ path: String) -> String? {
        // By bytes: two spellings of one text are two names.
        if path.utf8.starts(with: prefix.utf8) {
            let rest = path.utf8.dropFirst(prefix.utf8.count).drop { $0 == UInt8(ascii: "/") }
            return rest.isEmpty ? "." : String(Substring(rest))
        }
        return path.utf8.elementsEqual(self.path.utf8) ? "." : nil
    }

    /// A Boolean value that indicates whether the path still leads to this directory; true if that cannot be found out.
    var isInPlace: Bool {
        var information = stat()
        guard stat(absolutePath, &information) == 0 else {
            return errno != ENOENT && errno != ENOTDIR && errno != ESTALE && errno != ELOOP
        }
        return FileIdentity(information) == identity
    }

    private static var workingDirectory: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}

extension FileIdentity {
    init(_ information: stat) {
        self.init(
            device: UInt64(truncatingIfNeeded: information.st_dev),
            number: UInt64(truncatingIfNeeded: information.st_ino))
    }
}
