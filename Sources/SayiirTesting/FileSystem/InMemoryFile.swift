import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file of an ``InMemoryFileSystem``.
final class InMemoryFile: File {
    private typealias State = InMemoryFileSystem.State
    private let state: Monitor<State>
    private let number: Int
    private let path: String
    private let isWritable: Bool

    init(state: Monitor<InMemoryFileSystem.State>, number: Int, path: String, isWritable: Bool) {
        self.state = state
        self.number = number
        self.path = path
        self.isWritable = isWritable
    }

    deinit {
        let identity = ObjectIdentifier(self)
        state.withLock { state in
            state.disk.close(number)
            if state.lockHolders[number] == identity { state.lockHolders[number] = nil }
        }
    }

    func size() throws(FileSystemError) -> Int64 {
        try call(.size) { (state, verdict) throws(SystemError) in
            verdict.failure == nil ? Int64(state.disk.length(of: number)) : nil
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try call(.read) { (state, verdict) throws(SystemError) in
            guard verdict.failure == nil else { return nil }
            let offset = try position(offset)
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, verdict.limit)])
            let count = state.disk.read(number, into: part, at: offset)
            state.counts[path]?.bytesRead += count
            return count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try call(.write) { (state, verdict) throws(SystemError) in
            let offset = try position(offset)
            guard isWritable else { throw SystemError(code: EBADF) }
            if verdict.failure != nil && verdict.limit == 0 { return nil }
            if let displacement = verdict.displacement {
                let (place, isOutside) = offset.addingReportingOverflow(displacement)
                if !isOutside && place >= 0 { _ = try? state.disk.write(number, bytes, at: place) }
                state.counts[path]?.bytesWritten += bytes.count
                return bytes.count
            }
            let part = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, verdict.limit)])
            let count = try state.disk.write(number, part, at: offset)
            state.counts[path]?.bytesWritten += count
            return count
        }
    }

    func synchronize() throws(FileSystemError) {
        try call(.synchronize) { (state, verdict) throws(SystemError) -> Void? in
            if verdict.failure != nil {
                state.disk.giveUpUnsynced(number)
            } else if !verdict.halts && !verdict.lies {
                state.disk.synchronize(number)
            }
            return ()
        }
    }

    func resize(to size: Int64) throws(FileSystemError) {
        try call(.resize) { (state, verdict) throws(SystemError) -> Void? in
            guard isWritable else { throw SystemError(code: EINVAL) }
            guard verdict.failure == nil else { return nil }
            try state.disk.resize(number, to: try position(size))
        }
    }

    func tryLock() throws(FileSystemError) -> Bool {
        let identity = ObjectIdentifier(self)
        return try call(.lock) { (state, verdict) throws(SystemError) in
            guard isWritable else { throw SystemError(code: EBADF) }
            guard verdict.failure == nil else { return nil }
            if let holder = state.lockHolders[number] { return holder == identity }
            state.lockHolders[number] = identity
            return true
        }
    }

    func isLockedElsewhere() throws(FileSystemError) -> Bool {
        let identity = ObjectIdentifier(self)
        return try call(.lock) { (state, verdict) throws(SystemError) in
            guard verdict.failure == nil else { return nil }
            return state.lockHolders[number].map { $0 != identity } ?? false
        }
    }

    func identity() throws(FileSystemError) -> FileIdentity? { FileIdentity(device: 0, number: UInt64(number)) }

    private func position(_ offset: Int64) throws(SystemError) -> Int {
        guard offset >= 0 else { throw SystemError(code: EINVAL) }
        guard let position = Int(exactly: offset) else { throw SystemError(code: EFBIG) }
        return position
    }

    private func call<Result>(
        _ operation: FileOperation, _ body: (inout State, State.Verdict) throws(SystemError) -> Result?
    ) throws(FileSystemError) -> Result {
        try state.withLock { (state) throws(FileSystemError) in try state.call(operation, path, body) }
    }
}
