internal import SayiirLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension FileSystemError {
    /// Whether the user may not do that.
    var isRefusedAccess: Bool { code == EACCES || code == EPERM }

    /// Whether a file stands where a directory should.
    var isNoDirectory: Bool { code == ENOTDIR }
}
