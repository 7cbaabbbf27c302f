#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import SayiirLog

/// What the disk can do: one write and one sync after the other, on the thread that calls. Nothing durable can be faster here.
final class DiskFloor {
    /// What the file is like where it is written.
    enum Preparation: String, CaseIterable {
        /// Each write makes the file longer.
        case growing
        /// Its blocks are reserved, and have never been written.
        case preallocated
        /// It is all zeros already: a write changes no metadata that has to be synced.
        case zeroed = "pre-zeroed"
    }

    /// What the floor is called in results.
    let name: String
    private let file: any File
    private let bytes: [UInt8]
    private let preparation: Preparation
    private let size: Int64
    private var offset: Int64 = 0

    /// Prepares a file. It is written again from its beginning when it is full, as if it were new for the pre-zeroed kind; a
    /// preallocated one has to be made large enough for what is measured.
    ///
    /// - Parameters:
    ///   - path: The file, which is made.
    ///   - count: Bytes of a write.
    ///   - preparation: What the file is like.
    ///   - size: How long the file is, or may become.
    init(path: String, writing count: Int, _ preparation: Preparation = .zeroed, size: Int64 = 32 * 1024 * 1024) throws
    {
        name = "write+fdatasync of \(count) bytes, \(preparation.rawValue)"
        if preparation == .preallocated { try Self.preallocate(path, size) }
        file = try LocalFileSystem().open(path, as: .readWriteCreating)
        bytes = (0..<max(1, count)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        self.preparation = preparation
        self.size = max(size, Int64(bytes.count))
        if preparation == .zeroed {
            let zeros = [UInt8](repeating: 0, count: 1024 * 1024)
            for offset in stride(from: 0, to: self.size, by: zeros.count) { try write(zeros, at: offset) }
        }
        try file.synchronize()
    }

    /// One durable write.
    func write() throws {
        if offset + Int64(bytes.count) > size { try startAgain() }
        try write(bytes, at: offset)
        try file.synchronize()
        offset += Int64(bytes.count)
    }

    /// Durable writes for a time.
    func measure(for duration: Duration) throws -> Measurement {
        try sayiir_bench.measure(for: duration) { try write() }
    }

    private func startAgain() throws {
        offset = 0
        if preparation == .growing { try file.resize(to: 0) }
    }

    private func write(_ bytes: [UInt8], at offset: Int64) throws {
        var written = 0
        while written < bytes.count {
            written += try bytes.withUnsafeBytes {
                try file.write(UnsafeRawBufferPointer(rebasing: $0[written...]), at: offset + Int64(written))
            }
        }
    }

    private static func preallocate(_ path: String, _ size: Int64) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BenchError("\(path) cannot be made: errno \(errno)") }
        defer { close(descriptor) }
        #if os(Linux)
            let code = posix_fallocate(descriptor, 0, off_t(size))
            guard code == 0 else { throw BenchError("no blocks for \(path): errno \(code)") }
        #else
            // Elsewhere a file is made longer without reserving blocks: a hole is the nearest there is.
            guard ftruncate(descriptor, off_t(size)) == 0 else {
                throw BenchError("no room for \(path): errno \(errno)")
            }
        #endif
    }
}
