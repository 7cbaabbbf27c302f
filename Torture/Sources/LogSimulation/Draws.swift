import SayiirTesting

@testable import SayiirLog

/// What a seed draws.
enum Draws {
    static let keys = (0..<8).map { "key-\($0)" }

    static func key(using generator: inout SplitMix64) -> String {
        keys[Int.random(in: keys.indices, using: &generator)]
    }

    /// Batches of one to four writers, with their records; one of them with more bytes than `room` if that is given.
    static func batches(
        largerThan room: Int?, using generator: inout SplitMix64
    ) throws -> (batches: [RecordBatch], records: [(key: String, payload: [UInt8])]) {
        var batches: [RecordBatch] = []
        var records: [(key: String, payload: [UInt8])] = []
        var room = room
        let writers = Int.random(in: 0..<3, using: &generator) == 0 ? Int.random(in: 2...4, using: &generator) : 1
        for _ in 0..<writers {
            var batch = RecordBatch()
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let key = key(using: &generator)
                let payload = room.map { noise($0, using: &generator) } ?? payload(using: &generator)
                room = nil
                try batch.append(
                    kind: .event, key: key, timestamp: Int64(records.count), payload: payload)
                records.append((key, payload))
            }
            batches.append(batch)
        }
        return (batches, records)
    }

    private static func payload(using generator: inout SplitMix64) -> [UInt8] {
        let count =
            Bool.random(using: &generator)
            ? Int.random(in: 0...200, using: &generator) : Int.random(in: 0...3000, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0:
            return [UInt8](repeating: 0, count: count)
        case 1:
            // Noise, then zeros over whole sectors, then noise: too little saved to be compressed.
            return noise(count, using: &generator) + [UInt8](repeating: 0, count: min(count / 4, 1024))
                + noise(count / 4, using: &generator)
        case 2:
            return [UInt8](repeating: UInt8(truncatingIfNeeded: generator.next()), count: count)
        default:
            return noise(count, using: &generator)
        }
    }

    static func noise(_ count: Int, using generator: inout SplitMix64) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (count + 7) / 8 * 8) { buffer, initializedCount in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for offset in stride(from: 0, to: bytes.count / 8 * 8, by: 8) {
                bytes.storeBytes(of: generator.next(), toByteOffset: offset, as: UInt64.self)
            }
            initializedCount = count
        }
    }
}
