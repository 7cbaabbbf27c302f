#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A call to the operating system that failed.
public struct FileSystemError: Error, Hashable, CustomStringConvertible {
    /// What was tried, as the verb of a sentence: `write`, `open`, `synchronize`.
    public var operation: String
    /// The file or directory concerned.
    public var path: String
    /// The system's error number, for example `ENOSPC`.
    public var code: Int32

    /// Describes a failed call.
    public init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// Whether the disk, the quota or the largest file size is exhausted.
    public var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    /// Whether the file or directory does not exist.
    public var isMissingFile: Bool { code == ENOENT }

    /// Whether the process lacks a right.
    var isPermissionDenied: Bool { code == EACCES || code == EPERM }

    /// A Boolean value that indicates whether the device cannot read the data.
    var isUnreadable: Bool { code == EIO }

    /// A Boolean value that indicates whether an open file is gone from a file system on another machine.
    var isStale: Bool { code == ESTALE }

    static func noRoom(for path: String) -> Self { Self(operation: "write", path: path, code: ENOSPC) }

    static func existing(_ path: String) -> Self { Self(operation: "create", path: path, code: EEXIST) }

    static func missingSegment(_ number: UInt32, in directory: String) -> Self {
        Self(operation: "open segment \(number) of", path: directory, code: ENOENT)
    }

    /// `cannot write jobs.sayiir/LOCK: No space left on device (28)`.
    public var description: String {
        "cannot \(operation) \(path): \(systemErrorText(code)) (\(code))"
    }
}
