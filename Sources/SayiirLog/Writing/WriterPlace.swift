#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The directory, the lock and the segment of a running writer. All are held open, and their paths are compared with them now and then:
/// what a path leads to may change under a running program.
struct WriterPlace: Sendable {
    let directory: String
    /// Holds the directory open, if it can.
    let fileSystem: any FileSystem
    let lock: WriterLock
    /// The time of the last comparison, in nanoseconds of the monotonic clock.
    private var lastLook: UInt64 = 0

    /// The time for which commits are acknowledged without a comparison, in nanoseconds.
    private static let interval: UInt64 = 200_000_000

    init(directory: String, fileSystem: any FileSystem, lock: WriterLock) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.lock = lock
    }

    /// Returns the error for a place that is no longer the one that was opened; `nil` if it is, or if the last look was a moment ago
    /// and `always` is false. Costs one reading of the clock, and six short calls to the system with a look.
    mutating func displacement(
        ofSegment file: any File, named name: @autoclosure () -> SegmentName, always: Bool = false
    ) -> LogError? {
        let now = Self.now()
        guard always || now &- lastLook >= Self.interval else { return nil }
        lastLook = now
        func displaced(_ reason: String) -> LogError { .displaced(directory: directory, reason: reason) }
        guard fileSystem.directoryIsInPlace else {
            return displaced("the directory was removed, renamed or replaced")
        }
        let lockPath = "\(directory)/\(FileName.lock)"
        if lock.isReplaced(at: lockPath, fileSystem: fileSystem) {
            return displaced("its file \(FileName.lock) was removed or replaced")
        }
        let name = name()
        if file.isReplaced(at: "\(directory)/\(name)", fileSystem: fileSystem) {
            return displaced("its segment \(name) was removed, renamed or replaced")
        }
        return nil
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}
