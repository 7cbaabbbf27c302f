import SayiirLog

/// What this machine's disk does with one write and one sync at a time.
struct DiskFloorsPart {
    let context: RunContext

    /// Measures each kind of file with each size of write.
    func run() async throws {
        for bytes in [256, 4096, 65_536] {
            for preparation in DiskFloor.Preparation.allCases {
                let path = "\(context.scratch)/floor-\(preparation.rawValue)-\(bytes)"
                // Long enough that no place is written twice: a preallocated one would not be one any more.
                let size: Int64 = bytes > 4096 ? 768 << 20 : 128 << 20
                let floor = try DiskFloor(path: path, writing: bytes, preparation, size: size)
                let writes = try floor.measure(for: context.round * context.byMode(quick: 1, full: 3))
                try LocalFileSystem().remove(path)
                await context.report(
                    Row(
                        part: "floors", name: "write+fdatasync", variant: preparation.rawValue,
                        parameters: ["bytes": Double(bytes)], value: writes.rate, unit: "writes/s",
                        latency: Percentiles(of: writes, subject: "write and sync"), durability: .synced,
                        processorMicroseconds: writes.processorMicroseconds))
            }
        }
    }
}
