#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Waiting, which only this program's own thread does.
enum SystemClock {
    /// Waits, and is always ready to go on.
    static func sleep(milliseconds: UInt32) -> Bool {
        usleep(milliseconds * 1000)
        return true
    }
}
