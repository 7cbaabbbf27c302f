internal import SayiirLog

/// What a commit costs in a directory: writes of 4 KiB into a file that is all zeros already, each followed by a sync, as a log
/// makes them. Writes a file, which it removes.
package struct DiskBenchmark: Inspection {
    /// For how long commits are measured.
    package var duration = Duration.seconds(2)
    /// The length of the file.
    var byteCount = 64 << 20
    /// Nanoseconds of a clock that only goes on.
    var clock: () -> Int64 = SystemClock.monotonicNanoseconds
    /// Tells this run's file from those of others.
    var token = UInt64.random(in: .min ... .max)

    private static let commitBytes = 4096
    private static let pieceBytes = 1 << 20

    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let directory = try WriteTarget(protecting: [], fileSystem: log.fileSystem)
            .approve(log.directory, for: .scratchDirectory)
        let path = "\(directory)/sayiir-bench-\(token).tmp"
        let file = try log.fileSystem.open(path, as: .readWriteCreating)
        defer { try? log.fileSystem.remove(path) }
        let figures = try measure(file, in: log.directory)
        if console.style.isJSON {
            try console.output.line(figures.json)
        } else {
            for line in figures.lines(console.style) { try console.output.line(line) }
        }
        return .clean
    }

    private func measure(_ file: any File, in directory: String) throws -> DiskFigures {
        let writing = try time { try writeWhole(file) }
        let (latencies, elapsed) = try measureCommits(file)
        let reading = try time { try readWhole(file) }
        return DiskFigures(
            directory: directory, latencies: latencies.sorted(), elapsed: .nanoseconds(elapsed),
            byteCount: UInt64(clamping: byteCount), writing: writing, reading: reading)
    }

    private func time(_ body: () throws -> Void) rethrows -> Duration {
        let start = clock()
        try body()
        return .nanoseconds(clock() - start)
    }

    private func writeWhole(_ file: any File) throws {
        let zeros = [UInt8](repeating: 0, count: Self.pieceBytes)
        for offset in stride(from: 0, to: byteCount, by: Self.pieceBytes) {
            try file.writeFully(Array(zeros.prefix(byteCount - offset)), at: Int64(offset))
        }
        try file.synchronize()
    }

    private func readWhole(_ file: any File) throws {
        var buffer = [UInt8](repeating: 0, count: Self.pieceBytes)
        for offset in stride(from: 0, to: byteCount, by: Self.pieceBytes) {
            try buffer.withUnsafeMutableBytes { _ = try file.readFully(into: $0, at: Int64(offset)) }
        }
    }

    private func measureCommits(_ file: any File) throws -> (latencies: [Int64], elapsed: Int64) {
        let bytes = (0..<Self.commitBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        var latencies: [Int64] = []
        var offset = 0
        let start = clock()
        var now = start
        while now - start < duration.components.seconds &* 1_000_000_000 {
            try file.writeFully(bytes, at: Int64(offset))
            try file.synchronize()
            let end = clock()
            latencies.append(end - now)
            now = end
            offset = offset + 2 * Self.commitBytes > byteCount ? 0 : offset + Self.commitBytes
        }
        return (latencies, now - start)
    }
}
