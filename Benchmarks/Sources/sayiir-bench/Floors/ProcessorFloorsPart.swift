import CFloors
import CLZ4Floor
import Crypto
import Foundation

/// What the processor does with bytes: copying, checksum, SHA-256, LZ4. A single thread each.
struct ProcessorFloorsPart {
    let context: RunContext
    private static let bulk = 1024 * 1024
    private static let small = 256
    private static let block = 64 * 1024

    /// Measures each.
    func run() async throws {
        let events = StoredEvents().recordBytes(atLeast: 4 * Self.bulk)
        await copying(events)
        await hashing(events)
        try await compressing(events)
    }

    private func copying(_ bytes: [UInt8]) async {
        for size in [Self.block, 4 * Self.bulk] {
            var target = [UInt8](repeating: 0, count: size)
            await throughput("memcpy", size) {
                target.withUnsafeMutableBytes { target in
                    bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<size])) }
                }
            }
        }
    }

    private func hashing(_ bytes: [UInt8]) async {
        for size in [Self.small, Self.bulk] {
            var crc: UInt32 = 0
            await throughput("CRC-32C", size, note: "the log's own code") {
                bytes.withUnsafeBytes { crc = floors_crc32c(crc, $0.baseAddress, size) }
            }
            await throughput("SHA-256", size, note: "swift-crypto") { Self.digest(bytes, size) }
        }
    }

    /// The digest of some first bytes, thrown away.
    static func digest(_ bytes: [UInt8], _ count: Int) {
        bytes.withUnsafeBytes {
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            _ = hash.finalize()
        }
    }

    private func compressing(_ bytes: [UInt8]) async throws {
        let room = Int(LZ4_compressBound(Int32(Self.block)))
        var packed = [UInt8](repeating: 0, count: room)
        var unpacked = [UInt8](repeating: 0, count: Self.block)
        let length = Self.pack(bytes, Self.block, into: &packed)
        guard length > 0 else { throw BenchError("LZ4 packed nothing") }
        let ratio = "64 KiB of real events become \(Format.decimal(Double(length) / Double(Self.block), 3)) of that"
        await throughput("LZ4 compress", Self.block, note: ratio) { _ = Self.pack(bytes, Self.block, into: &packed) }
        await throughput("LZ4 decompress", Self.block, note: "uncompressed bytes") {
            _ = packed.withUnsafeBytes { source in
                unpacked.withUnsafeMutableBytes { target in
                    LZ4_decompress_safe(
                        source.baseAddress?.assumingMemoryBound(to: CChar.self),
                        target.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(length), Int32(Self.block))
                }
            }
        }
        guard unpacked == Array(bytes[..<Self.block]) else { throw BenchError("LZ4 gave back other bytes") }
    }

    /// Compresses the first bytes; returns how many came of it.
    static func pack(_ bytes: [UInt8], _ count: Int, into packed: inout [UInt8]) -> Int {
        bytes.withUnsafeBytes { source in
            packed.withUnsafeMutableBytes { target in
                Int(
                    LZ4_compress_default(
                        source.baseAddress?.assumingMemoryBound(to: CChar.self),
                        target.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(count), Int32(target.count)))
            }
        }
    }

    private func throughput(_ name: String, _ size: Int, note: String? = nil, _ body: () -> Void) async {
        body()
        let batch = max(1, 4 * Self.bulk / size)
        let calls = await measure(for: context.round, batchesOf: batch) { for _ in 0..<batch { body() } }
        await context.report(
            Row(
                part: "floors", name: name, parameters: ["bytes": Double(size)],
                value: calls.rate * Double(size) / 1e9, unit: "GB/s", durability: .memory, note: note))
    }
}
