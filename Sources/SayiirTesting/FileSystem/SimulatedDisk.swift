#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An error number of the system.
struct SystemError: Error {
    var code: Int32
}

/// The content of the simulated disk and the rules of a POSIX file system over it. A value: copying it copies the disk.
struct SimulatedDisk: Sendable {
    /// Beyond this a write or an extension fails with `EFBIG`; content is held in memory without gaps.
    static let maximumFileLength = 1 << 32

    var names = Namespace()
    private(set) var files: [Int: StoredFile] = [:]
    private var openHandles: [Int: Int] = [:]
    private var nextFile = 0
    /// The room for all files together, in bytes.
    var capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Bytes that can still be allocated. Removed files take room while they are open.
    var free: Int {
        var used = 0
        for case .file(let number) in names.current.values { used += files[number]?.allocatedBytes ?? 0 }
        let named = names.current.values
        for number in openHandles.keys where !named.contains(.file(number)) {
            used += files[number]?.allocatedBytes ?? 0
        }
        return max(0, capacity - used)
    }

    // MARK: Names

    mutating func createDirectory(at path: String) throws(SystemError) {
        switch names[path] {
        case .directory: return
        case .file: throw SystemError(code: ENOTDIR)
        case nil:
            try createDirectory(at: parentDirectory(of: path))
            names.apply(.add(path, .directory))
        }
    }

    func entries(of path: String) throws(SystemError) -> [String] {
        try requireDirectory(path)
        // Always the same order, but not the alphabet's, which nobody may rely on.
        return names.names(in: path).sorted(by: >)
    }

    /// The number of the file, counted as open.
    mutating func open(_ path: String, creating: Bool) throws(SystemError) -> Int {
        let number: Int
        switch names[path] {
        case .directory: throw SystemError(code: EISDIR)
        case .file(let existing): number = existing
        case nil:
            try requireDirectory(parentDirectory(of: path))
            guard creating else { throw SystemError(code: ENOENT) }
            number = addFile(StoredFile())
            names.apply(.add(path, .file(number)))
        }
        openHandles[number, default: 0] += 1
        return number
    }

    mutating func close(_ number: Int) {
        openHandles[number, default: 0] -= 1
        if openHandles[number] == 0 { openHandles[number] = nil }
    }

    mutating func rename(_ path: String, to target: String) throws(SystemError) {
        try requireDirectory(parentDirectory(of: path))
        try requireDirectory(parentDirectory(of: target))
        let number = try fileNumber(path)
        guard names[target] != .directory else { throw SystemError(code: EISDIR) }
        guard path != target else { return }
        names.apply(.move(.file(number), from: path, to: target))
    }

    mutating func remove(_ path: String) throws(SystemError) {
        let number = try fileNumber(path)
        names.apply(.remove(.file(number), path))
    }

    mutating func synchronizeDirectory(at path: String) throws(SystemError) {
        try requireDirectory(path)
        names.synchronize(directory: path)
        let referenced = names.referencedFiles
        files = files.filter { referenced.contains($0.key) || openHandles[$0.key] != nil }
    }

    // MARK: Content

    func length(of number: Int) -> Int { files[number]?.content.count ?? 0 }

    func read(_ number: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        guard let content = files[number]?.content, offset < content.count else { return 0 }
        let count = min(buffer.count, content.count - offset)
        buffer.copyBytes(from: content[offset..<offset + count])
        return count
    }

    /// Writes as much as there is room for, and returns how much that is.
    mutating func write(
        _ number: Int, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(SystemError) -> Int {
        guard offset <= Self.maximumFileLength - bytes.count else { throw SystemError(code: EFBIG) }
        guard let file = files[number] else { throw SystemError(code: EBADF) }
        let count = file.writable(bytes.count, at: offset, free: free)
        guard count > 0 || bytes.isEmpty else { throw SystemError(code: ENOSPC) }
        files[number]?.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
        return count
    }

    mutating func resize(_ number: Int, to length: Int) throws(SystemError) {
        guard length <= Self.maximumFileLength else { throw SystemError(code: EFBIG) }
        files[number]?.resize(to: length)
    }

    mutating func synchronize(_ number: Int) { files[number]?.synchronize() }

    mutating func giveUpUnsynced(_ number: Int) { files[number]?.giveUpUnsynced() }

    // MARK: Direct access

    /// The file of that name.
    func file(_ path: String) throws(SystemError) -> StoredFile {
        guard let file = files[try fileNumber(path)] else { throw SystemError(code: ENOENT) }
        return file
    }

    /// Replaces a file's content, or creates it, all of it durable. Handles that are open see the change.
    mutating func setDurably(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        switch names[path] {
        case .directory: throw SystemError(code: EISDIR)
        case .file(let number): files[number] = StoredFile(durable: bytes)
        case nil: names.addDurably(path, .file(addFile(StoredFile(durable: bytes))))
        }
    }

    // MARK: Copies

    /// The same disk, with nothing open.
    func copied() -> SimulatedDisk {
        var copy = self
        copy.openHandles = [:]
        return copy
    }

    /// The disk after a crash; see ``StoredFile/afterCrash(choosing:)`` and ``Namespace/afterCrash(keeping:)``. The
    /// questions come in an order that depends on the disk alone.
    func afterCrash(choosing choose: (Int) -> Int) -> SimulatedDisk {
        var survivor = SimulatedDisk(capacity: capacity)
        survivor.nextFile = nextFile
        survivor.names = names.afterCrash { choose(1) == 1 }
        let referenced = survivor.names.referencedFiles
        for (number, file) in files.sorted(by: { $0.key < $1.key }) {
            let survivingFile = file.afterCrash(choosing: choose)
            if referenced.contains(number) { survivor.files[number] = survivingFile }
        }
        return survivor
    }

    private mutating func addFile(_ file: StoredFile) -> Int {
        nextFile += 1
        files[nextFile] = file
        return nextFile
    }

    private func requireDirectory(_ path: String) throws(SystemError) {
        switch names[path] {
        case .directory: return
        case .file: throw SystemError(code: ENOTDIR)
        case nil:
            try requireDirectory(parentDirectory(of: path))
            throw SystemError(code: ENOENT)
        }
    }

    private func fileNumber(_ path: String) throws(SystemError) -> Int {
        switch names[path] {
        case .file(let number): return number
        case .directory: throw SystemError(code: EISDIR)
        case nil:
            try requireDirectory(parentDirectory(of: path))
            throw SystemError(code: ENOENT)
        }
    }
}
