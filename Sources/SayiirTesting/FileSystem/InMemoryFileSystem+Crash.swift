internal import SayiirLog

// Copies and crashes. Each makes a new disk without faults, counts or locks, and leaves this one as it is.
extension InMemoryFileSystem {
    /// What a crash keeps of what was not synced.
    public enum Unsynced: Hashable, Sendable {
        /// Nothing: a power failure on a machine that writes only when it must.
        case nothing
        /// Everything: the process was killed, the machine runs on.
        case everything
    }

    /// A copy of the disk as it is, with its unsynced changes still unsynced.
    public func snapshot() -> InMemoryFileSystem {
        InMemoryFileSystem(disk: state.withLock { $0.disk.copied() })
    }

    /// The disk after a crash that keeps all or nothing of what was not synced.
    public func crash(keeping unsynced: Unsynced) -> InMemoryFileSystem {
        let disk = state.withLock { $0.disk }
        return InMemoryFileSystem(disk: disk.afterCrash { unsynced == .everything ? $0 : 0 })
    }

    /// The disk after a crash that keeps of each unsynced sector, length and name what the generator decides: the
    /// same seed on the same disk leaves the same. Costs time in proportion to the files.
    public func crash(using generator: inout some RandomNumberGenerator) -> InMemoryFileSystem {
        let disk = state.withLock { $0.disk }
        var decisions = generator
        defer { generator = decisions }
        // Some crashes lose nearly all, some nearly none: a fair coin alone would hardly ever do either.
        let keptOfTen = Int.random(in: 0...10, using: &decisions)
        return InMemoryFileSystem(
            disk: disk.afterCrash { last in
                guard last > 0 else { return 0 }
                guard Int.random(in: 0..<10, using: &decisions) < keptOfTen else { return 0 }
                return Bool.random(using: &decisions) ? last : Int.random(in: 1...last, using: &decisions)
            })
    }
}
