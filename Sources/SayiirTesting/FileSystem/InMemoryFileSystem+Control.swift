public import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// What a test does with the disk beside using it: faults, counts, direct access.
extension InMemoryFileSystem {
    /// Makes something go wrong from now on.
    public func inject(_ fault: Fault) { state.withLock { $0.faults.inject(fault) } }

    /// Stops the machine at a call from now on, counted from 1 over all calls of the given kinds, as ``Fault/Effect/halt`` does.
    /// Takes the place of an earlier such order. By default calls count that may change what is stored: where a machine stops
    /// between two of them makes no difference to the disk.
    public func halt(atCall number: Int, of operations: Set<FileOperation> = FileOperation.changing) {
        state.withLock { $0.faults.halt(atCall: number, of: operations) }
    }

    /// Whether the machine was stopped and no crash or ``removeFaults()`` came since.
    public var isHalted: Bool { state.withLock { $0.faults.isHalted } }

    /// Nothing goes wrong any more. A halted machine runs on.
    public func removeFaults() { state.withLock { $0.faults.removeAll() } }

    /// The room for all files together, in bytes. Lowering it removes nothing.
    public var capacity: Int {
        get { state.withLock { $0.disk.capacity } }
        set { state.withLock { $0.disk.capacity = newValue } }
    }

    /// The calls since the disk was made or copied that concerned certain files or directories. A rename counts for its
    /// old name.
    public func counts(for paths: PathPattern = .any) -> CallCounts {
        state.withLock { state in
            state.counts.filter { paths.matches($0.key) }.values.reduce(CallCounts(), +)
        }
    }

    /// The paths of all files, sorted.
    public var files: [String] {
        state.withLock { state in
            state.disk.names.current.filter { $0.value != .directory }.keys.sorted()
        }
    }

    /// What a file holds, as reading shows it. Throws `ENOENT` if there is none.
    public func bytes(of path: String) throws(FileSystemError) -> [UInt8] {
        try direct(.read, path) { (disk, path) throws(SystemError) in try disk.file(path).content }
    }

    /// What a crash would surely leave of a file's content. Throws `ENOENT` if there is no such file.
    public func synchronizedBytes(of path: String) throws(FileSystemError) -> [UInt8] {
        try direct(.read, path) { (disk, path) throws(SystemError) in try disk.file(path).durable }
    }

    /// Replaces what a file holds, or creates it with the directories above it. All of it is durable.
    public func setBytes(_ bytes: [UInt8], of path: String) throws(FileSystemError) {
        try direct(.write, path) { (disk, path) throws(SystemError) in try disk.setDurably(path, bytes) }
    }

    /// Turns over one bit, 0 the least significant to 7, of one stored byte. What the file holds is durable then.
    /// Throws `EINVAL` if there is no such byte or bit.
    public func flipBit(_ bit: Int, ofByteAt offset: Int, in path: String) throws(FileSystemError) {
        try direct(.write, path) { (disk, path) throws(SystemError) in
            var bytes = try disk.file(path).content
            guard bytes.indices.contains(offset), (0..<8).contains(bit) else {
                throw SystemError(code: EINVAL)
            }
            bytes[offset] ^= 1 << bit
            try disk.setDurably(path, bytes)
        }
    }

    /// Cuts a file. What it holds is durable then. Throws `EINVAL` if it is shorter already.
    public func truncate(_ path: String, to length: Int) throws(FileSystemError) {
        try direct(.resize, path) { (disk, path) throws(SystemError) in
            let bytes = try disk.file(path).content
            guard (0...bytes.count).contains(length) else { throw SystemError(code: EINVAL) }
            try disk.setDurably(path, Array(bytes[..<length]))
        }
    }

    private func direct<Result>(
        _ operation: FileOperation, _ path: String,
        _ body: (inout SimulatedDisk, String) throws(SystemError) -> Result
    ) throws(FileSystemError) -> Result {
        let path = normalizedPath(path)
        return try state.withLock { (state) throws(FileSystemError) in
            do throws(SystemError) {
                return try body(&state.disk, path)
            } catch {
                throw FileSystemError(operation: operation.rawValue, path: path, code: error.code)
            }
        }
    }
}
