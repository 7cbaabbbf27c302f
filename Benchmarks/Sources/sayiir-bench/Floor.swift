import SayiirLog

/// What the disk can do: one write and one sync after the other, into a file that is all zeros already, on the thread
/// that calls. Nothing durable can be faster here.
final class Floor {
    private let file: any File
    private let bytes: [UInt8]
    private let size: Int64
    private var offset: Int64 = 0

    /// Prepares a file of `size` bytes.
    init(path: String, writing count: Int, size: Int64 = 32 * 1024 * 1024) throws {
        file = try LocalFileSystem().open(path, as: .readWriteCreating)
        bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        self.size = size
        let zeros = [UInt8](repeating: 0, count: 1024 * 1024)
        for offset in stride(from: 0, to: size, by: zeros.count) { try write(zeros, at: offset) }
        try file.synchronize()
    }

    /// One durable write.
    func write() throws {
        if offset + Int64(bytes.count) > size { offset = 0 }
        try write(bytes, at: offset)
        try file.synchronize()
        offset += Int64(bytes.count)
    }

    private func write(_ bytes: [UInt8], at offset: Int64) throws {
        var written = 0
        while written < bytes.count {
            written += try bytes.withUnsafeBytes {
                try file.write(UnsafeRawBufferPointer(rebasing: $0[written...]), at: offset + Int64(written))
            }
        }
    }
}
