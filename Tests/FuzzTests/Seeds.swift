import SayiirEvents
import SayiirProjection
import SayiirTesting

@testable import SayiirLog

/// What the fuzzer starts from: what our own encoders write. `SAYIIR_WRITE_SEEDS=1` writes it to the corpus.
enum Seeds {
    /// The files of each target, by name.
    static var all: [String: [String: [UInt8]]] {
        get throws {
            try [
                "event": named(events), "frame": named(frames), "header": named(headers), "segment": named(segments),
                "log": named(logs), "sealed": named(sealed), "snapshot": named(snapshots),
                "bundle": named(bundles),
            ]
        }
    }

    private static func named(_ seeds: [[UInt8]]) -> [String: [UInt8]] {
        let names = seeds.indices.map { "seed-\($0 < 9 ? "0" : "")\($0 + 1)" }
        return Dictionary(uniqueKeysWithValues: zip(names, seeds))
    }

    /// Bundles of one record and of two, whole and without their checksums.
    private static var bundles: [[UInt8]] {
        get throws {
            let records = [(1, "a"), (2, "b")].map { (timestamp, text) -> [UInt8] in
                var bytes: [UInt8] = []
                bytes.appendLittleEndian(UInt32(text.utf8.count))
                bytes.appendLittleEndian(UInt16(7))
                bytes += [RecordKind.event.rawValue, 0]
                bytes.appendLittleEndian(Int64(timestamp))
                return bytes + Array("order-1\(text)".utf8)
            }
            let leaves = records.map { $0.withUnsafeBytes { TreeHash(leaf: $0) } }
            let paths = [[leaves[1]], [leaves[0]]]
            let entries = try (0..<2).map { index in
                let proof = InclusionProof(sequence: UInt64(index) + 1, treeSize: 2, path: paths[index])
                guard let entry = RecordBundle.Entry(records[index], proof) else { throw LogError.closed }
                return entry
            }
            let header = sampleHeader(size: 64 * 1024)
            let origin = RecordBundle.Origin(
                log: header.log, head: TreeHead(size: 2, root: TreeHash(leaves[0], leaves[1])), lastSequence: 2,
                chainHead: position.digest)
            let whole = try [entries, [entries[1]]].map { try RecordBundle($0, from: origin).encoded }
            return whole + whole.map { Array($0.dropLast(32)) }
        }
    }

    /// Every kind of event, and JSON that is nested deeply.
    private static var events: [[UInt8]] {
        let nested = [480, 512, 513].map { depth in
            let brackets = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return Event(
                instance: "order-1", revision: 1, time: Sample.time,
                body: .signalReceived(.init(signal: "", payload: Payload(codec: "json", bytes: Array(brackets.utf8)))))
        }
        return (Sample.all.map(\.event) + nested).map { event in
            var bytes: [UInt8] = []
            event.encode(into: &bytes)
            return bytes
        }.filter { $0.count < 4096 }
    }

    /// A frame of each kind and codec, as it stands at the start of a segment.
    private static var frames: [[UInt8]] {
        get throws {
            try [
                frame([("order-1", Array("submitted".utf8))]),
                frame([("order-1", [1, 2, 3]), ("ünïcode", []), ("", [UInt8](repeating: 7, count: 40))]),
                frame([("zeros", [UInt8](repeating: 0, count: 600))]),
                frame([("order-1", [UInt8](repeating: 7, count: 1500))]),
                frame((0..<40).map { ("order-\($0)", Array(#"{"order":\#($0),"status":"charged"}"#.utf8)) }),
                promise(.promise, padding: 0), promise(.promise, padding: 48), promise(.promise, padding: 560),
                promise(.seal, padding: 0),
            ]
        }
    }

    private static var position: FramePosition { FramePosition(startOf: sampleHeader(size: 64 * 1024)) }

    private static var segment: FrameEncoder.Segment {
        FrameEncoder.Segment(number: 1, checksumSeed: position.checksumSeed, isAlone: true)
    }

    private static func frame(_ records: [(key: String, payload: [UInt8])]) throws -> [UInt8] {
        var batch = RecordBatch()
        for record in records {
            try batch.append(kind: .event, key: record.key, timestamp: 5, payload: record.payload)
        }
        var encoder = FrameEncoder()
        return encoder.encode(
            [batch], firstSequence: 1, previousDigest: position.digest, at: position.offset, durableThrough: 4096,
            in: segment
        ) { [UInt8]($1) }
    }

    private static func promise(_ kind: FrameKind, padding: Int) -> [UInt8] {
        FrameEncoder.promise(
            kind, nextSequence: 1, digest: position.digest, at: position.offset, durableThrough: 4096,
            padding: padding, in: segment)
    }

    /// The fields of a header, without the zeros that follow; and names of files.
    private static var headers: [[UInt8]] {
        let fields = Array(sampleHeader(size: 64 * 1024).encoded().prefix(headerFieldBytes))
        var newer = fields
        newer[10] = 2
        var sealed = fields
        sealed[20] = 2
        return [fields, newer, sealed, Array(firstSegment.utf8), Array("4294967295-18446744073709551615.seg".utf8)]
    }

    /// A whole segment, and others without the zeros of their header.
    private static var segments: [[UInt8]] {
        get throws {
            let fields = Array(sampleHeader(size: 0).encoded().prefix(headerFieldBytes))
            let room = [UInt8](repeating: 0, count: 200)
            let frames = try frames
            let whole = sampleHeader(size: 4096 + frames[0].count + room.count).encoded() + frames[0] + room
            let torn = frames[2].prefix(412) + [UInt8](repeating: 0, count: 512)
            return [whole, fields + room, fields + torn] + frames.map { fields + $0 + room }
        }
    }

    /// Programs for the target: see its steps.
    private static var logs: [[UInt8]] {
        let record: [UInt8] = [0, 0, 1, 3, 97, 98, 99, 4, 1, 2, 3, 4, 9]
        let packed: [UInt8] = [1] + record.dropFirst()
        let promise: [UInt8] = [2, 0]
        let padded: [UInt8] = [2, 6]
        let seal: [UInt8] = [3]
        let next: [UInt8] = [4, 100]
        return [
            [8], [8] + record, [8] + record + packed, [8] + packed + padded + promise,
            [9] + record + seal + next + record, [9] + record + next,  // A roll-over cut short.
            [9] + record + seal, [9] + record + next + record, [24] + record + [7, 20, 0, 255],
            [8] + record + [7, 100, 0, 1] + promise, [9] + packed + packed + [9, 0], [8] + record + [8, 16, 1],
            [8] + record + [5, 64] + record, [8] + record + [6, 3, 1, 2, 3],
            [10] + packed + [10, 200] + record + promise,
            [8] + record + seal + next + record + seal + next + packed + [11, 40, 0],
            // No room for a seal, and just enough.
            [0] + record, [4] + record, [9] + record + [4, 10], [0],
        ]
    }

    /// Sealed segments without the zeros of their header.
    private static var sealed: [[UInt8]] {
        get throws {
            try [1, 3, 40].map { count in
                let (disk, journal) = try writtenLog(commits: count)
                _ = journal
                let name = SegmentName(number: 1, firstSequence: 1)
                try SegmentSealer(directory: "log", fileSystem: disk).seal(name)
                return try shortened(disk.bytes(of: "log/\(name.otherForm)"))
            }
        }
    }

    /// Snapshots of some states, without the zeros of their header.
    private static var snapshots: [[UInt8]] {
        get throws {
            try [0, 1, 12].map { count in
                let (disk, journal) = try writtenLog(commits: 40)
                let position = LogPosition(segment: 2, offset: 4096, sequence: 40, digest: journal.digest)
                let content = SnapshotWriting.Content(
                    position: position, log: journal.header.log, createdAt: 1, contentVersion: 1, neededFrom: 7)
                _ = try SnapshotWriting(directory: "log", fileSystem: disk).write(content) {
                    (entries) throws(LogError) in
                    for sample in Sample.all.prefix(count) {
                        let state = InstanceState(folding: [sample.event])
                        try entries.append(kind: RecordKind(rawValue: 16), key: "order-1") { bytes in
                            bytes += [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
                            state?.encode(into: &bytes)
                        }
                    }
                }
                return try shortened(disk.bytes(of: "log/\(SnapshotName(coveredSequence: 40))"))
            }
        }
    }

    /// A log with a first segment that is full.
    private static func writtenLog(commits: Int) throws -> (disk: InMemoryFileSystem, journal: Journal) {
        let disk = InMemoryFileSystem()
        var options = LogOptions()
        options.firstSegmentBytes = 16 * 1024
        options.segmentBytes = 16 * 1024
        options.now = { 1 }
        var generator = SplitMix64(seed: 3)
        let log = LogID(using: &generator)
        options.makeLogID = { log }
        let opened = try LogRecovery(directory: "log", fileSystem: disk, options: options).open { _ in }
        var journal = Journal(from: opened.start, directory: "log", fileSystem: disk, options: options)
        for number in 0..<commits {
            var batch = RecordBatch()
            try batch.append(
                kind: .event, key: "order-\(number % 5)", timestamp: Int64(number),
                payload: Array(#"{"order":\#(number)}"#.utf8))
            _ = try journal.commit([batch])
        }
        var last = RecordBatch()
        try last.append(kind: .event, key: "last", timestamp: 1, payload: [UInt8](repeating: 1, count: 12_000))
        _ = try journal.commit([last])
        return (disk, journal)
    }

    private static func shortened(_ file: [UInt8]) -> [UInt8] {
        Array(file.prefix(packedFieldBytes)) + file.dropFirst(SegmentHeader.byteCount)
    }
}
