import SayiirLog

extension File {
    @discardableResult
    func write(_ bytes: [UInt8], at offset: Int64) throws(FileSystemError) -> Int {
        var outcome: Result<Int, FileSystemError> = .success(0)
        bytes.withUnsafeBytes { buffer in
            outcome = Result { () throws(FileSystemError) in try write(buffer, at: offset) }
        }
        return try outcome.get()
    }

    func read(_ count: Int, at offset: Int64) throws(FileSystemError) -> [UInt8] {
        var outcome: Result<Int, FileSystemError> = .success(0)
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            outcome = Result { () throws(FileSystemError) in
                try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            }
            initialized = (try? outcome.get()) ?? 0
        }
        _ = try outcome.get()
        return bytes
    }
}

/// Bytes of one value.
func block(_ value: UInt8, _ count: Int) -> [UInt8] { Array(repeating: value, count: count) }
