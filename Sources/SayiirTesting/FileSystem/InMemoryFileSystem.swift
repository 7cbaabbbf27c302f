public import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A disk in memory that fails, runs full and crashes on demand, and counts what it is asked to do.
///
/// ```swift
/// let disk = InMemoryFileSystem()
/// try writeSomething(to: disk)
/// var generator = SplitMix64(seed: 42)
/// let afterPowerLoss = disk.crash(using: &generator)
/// try recover(from: afterPowerLoss)
/// ```
///
/// ## Fault model
///
/// What can happen:
///
/// - *Content*: after a crash a file has everything up to its last successful `synchronize`. Each 512-byte sector
///   written since then holds, independently of the others, its synced content or what it held after any one of
///   the writes since. A sector is never half of one and half of another.
/// - *Length*: it is the synced length or any that the file had since. What lies beyond the old length and was not
///   written, or whose write was lost, reads as zeros, never as stale content of other files.
/// - *Names*: a file, a directory, a new name or a removal is durable after `synchronizeDirectory` of the directory
///   that holds it; syncing the file itself is not enough. Each change since then happens or does not, independently
///   of the others unless it builds on one; a rename happens as a whole or not at all. A directory that is lost takes
///   what is in it along.
/// - *Failing calls*, scripted by ``Fault``: any call fails with any error number, the n-th of a kind or of all; reads and
///   writes transfer less than asked. After a failed `synchronize` the disk behaves as Linux does: what was due to be written is due no longer,
///   later syncs succeed without it, reads still show it, and a crash may keep it or not. Writing a sector again makes
///   all of it due again.
/// - *Wrong calls*, scripted too: a `synchronize` lies, and what it should have made durable stays in memory until an
///   honest one; a write is misdirected to another place of the same file, or lost. Both report success.
/// - *Running full*: a write that needs room stops at a sector's edge where the room ends, and the next one fails with
///   `ENOSPC`. Writing where something was written before never needs room. Extending by `resize` reserves none.
/// - *Changes from outside*: a test sets, cuts and flips what is stored.
///
/// What cannot happen, unless a test asks for it: synced content changes or vanishes, a successful `synchronize` lies, a
/// write goes to another place. What cannot happen at all: a read shows other than what is stored, a call hangs.
///
/// What a log on such a disk promises for each of these stands in `docs/FAULTS.md`.
///
/// Locks belong to an open file and end when it is released; no lock survives a crash or a copy. Every call takes a
/// lock of the whole disk for as long as it lasts, so that calls from several threads have an order.
///
/// Not offered: permissions, links, times, renaming or removing directories, `..` in paths.
public final class InMemoryFileSystem: FileSystem {
    /// Everything that calls change.
    struct State: Sendable {
        var disk: SimulatedDisk
        var faults = FaultPlan()
        var counts: [String: CallCounts] = [:]
        var lockHolders: [Int: ObjectIdentifier] = [:]
    }

    let state: Monitor<State>

    /// An empty disk with room for `capacity` bytes, rounded down to whole sectors.
    public convenience init(capacity: Int = .max) {
        self.init(disk: SimulatedDisk(capacity: capacity))
    }

    init(disk: SimulatedDisk) { state = Monitor(State(disk: disk)) }

    /// Creates a directory and whatever is missing above it; does nothing if it exists.
    public func createDirectory(at path: String) throws(FileSystemError) {
        try call(.createDirectory, path) { (state, path) throws(SystemError) in
            try state.disk.createDirectory(at: path)
        }
    }

    /// The names in a directory, always in the same order, which is not the alphabet's.
    public func entries(ofDirectory path: String) throws(FileSystemError) -> [String] {
        try call(.list, path) { (state, path) throws(SystemError) in try state.disk.entries(of: path) }
    }

    /// Opens a file.
    public func open(_ path: String, as mode: OpenMode) throws(FileSystemError) -> any File {
        let number = try call(.open, path) { (state, path) throws(SystemError) in
            try state.disk.open(path, creating: mode == .readWriteCreating)
        }
        return InMemoryFile(
            state: state, number: number, path: normalizedPath(path), isWritable: mode != .read)
    }

    /// Gives a file another name, atomically, replacing what had it.
    public func rename(_ path: String, to newPath: String) throws(FileSystemError) {
        let target = normalizedPath(newPath)
        try call(.rename, path, and: target) { (state, path) throws(SystemError) in
            try state.disk.rename(path, to: target)
        }
    }

    /// Removes a file. Whoever has it open keeps it.
    public func remove(_ path: String) throws(FileSystemError) {
        try call(.remove, path) { (state, path) throws(SystemError) in try state.disk.remove(path) }
    }

    /// Makes the names in a directory durable.
    public func synchronizeDirectory(at path: String) throws(FileSystemError) {
        let path = normalizedPath(path)
        try state.withLock { (state) throws(FileSystemError) in
            try state.call(.synchronizeDirectory, path) { (state, verdict) throws(SystemError) -> Void? in
                guard verdict.failure == nil, !verdict.halts else { return nil }
                // Even a lie needs a directory to be about.
                _ = try state.disk.entries(of: path)
                if !verdict.lies { try state.disk.synchronizeDirectory(at: path) }
                return ()
            }
        }
    }

    /// Returns what is left of the capacity.
    public func freeByteCount(ofDirectory path: String) throws(FileSystemError) -> Int64? {
        state.withLock { Int64($0.disk.free) }
    }

    /// Returns the number of the file that a path leads to. Not counted among the calls, and no fault strikes it.
    public func identity(of path: String) throws(FileSystemError) -> FileIdentity? {
        let path = normalizedPath(path)
        return try state.withLock { (state) throws(FileSystemError) in
            switch state.disk.names[path] {
            case .file(let number): return FileIdentity(device: 0, number: UInt64(number))
            case .directory: return nil
            case nil: throw FileSystemError(operation: FileOperation.size.rawValue, path: path, code: ENOENT)
            }
        }
    }

    private func call<Result>(
        _ operation: FileOperation, _ path: String, and other: String? = nil,
        _ body: (inout State, String) throws(SystemError) -> Result
    ) throws(FileSystemError) -> Result {
        let path = normalizedPath(path)
        return try state.withLock { (state) throws(FileSystemError) in
            try state.call(operation, path, and: other) { (state, verdict) throws(SystemError) in
                try verdict.failure == nil ? body(&state, path) : nil
            }
        }
    }
}

extension InMemoryFileSystem.State {
    /// What the faults in force make of one call.
    struct Verdict {
        /// The error that the call fails with, whatever it does before.
        var failure: Int32?
        /// The most bytes that it may transfer.
        var limit = Int.max
        /// Whether the machine stops after it.
        var halts = false
        /// Whether a sync only claims to have happened.
        var lies = false
        /// How far from where it should a write lands.
        var displacement: Int?
    }

    /// Runs one call: counts it, asks the faults, lets `body` do what the verdict leaves, and names what went wrong.
    /// A `body` that returns nil did nothing, because the verdict forbids it.
    mutating func call<Result>(
        _ operation: FileOperation, _ path: String, and other: String? = nil,
        _ body: (inout Self, Verdict) throws(SystemError) -> Result?
    ) throws(FileSystemError) -> Result {
        counts[path, default: CallCounts()][operation] += 1
        let wasHalted = faults.isHalted
        var verdict = Verdict()
        switch faults.strike(operation, [path] + (other.map { [$0] } ?? [])) {
        case nil: break
        case .fail(let code, let limit):
            verdict.failure = code
            verdict.limit = limit
        case .transfer(let limit): verdict.limit = limit
        case .halt: verdict.halts = true
        case .lie: verdict.lies = true
        case .misdirect(let distance): verdict.displacement = distance
        }
        do throws(SystemError) {
            guard !wasHalted else { throw SystemError(code: EIO) }
            // Also after a call that fails by itself: nothing runs on a machine that has stopped.
            defer { if verdict.halts { faults.halt() } }
            let result = try body(&self, verdict)
            guard let result, verdict.failure == nil, !verdict.halts else {
                throw SystemError(code: verdict.failure ?? EIO)
            }
            return result
        } catch {
            throw FileSystemError(operation: operation.rawValue, path: path, code: error.code)
        }
    }
}
