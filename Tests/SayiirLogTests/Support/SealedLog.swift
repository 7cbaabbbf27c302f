import SayiirTesting
import Testing

@testable import SayiirLog

/// A log of several segments in memory, and what was put into it.
struct SealedLog {
    let disk = InMemoryFileSystem()
    let options = testOptions(segmentBytes: 16 * 1024)
    private(set) var records: [(key: String, payload: [UInt8])] = []

    /// Commits of one to four records each, under forty keys, until there are so many segments. All but the last
    /// `journalCount` are sealed.
    init(segments: Int = 4, journalCount: Int = 1) throws {
        var log = try TestLog(on: disk, options: options)
        var generator = SplitMix64(seed: 11)
        while log.journal.header.number < segments {
            var batch = RecordBatch()
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let key = "instance-\(Int.random(in: 0..<40, using: &generator))"
                let payload = noise(Int.random(in: 1..<300, using: &generator), seed: generator.next())
                try batch.append(
                    kind: .event, key: key, timestamp: 1000 + Int64(records.count), payload: payload)
                records.append((key, payload))
            }
            _ = try log.journal.commit([batch])
        }
        let names = try LogFiles(in: "log", fileSystem: disk).segments
        for name in names.prefix(max(0, segments - journalCount)) {
            let sealer = SegmentSealer(directory: "log", fileSystem: disk)
            try sealer.seal(name)
            try sealer.removeJournal(name)
        }
    }

    /// The payloads of all records.
    var payloads: [[UInt8]] { records.map(\.payload) }

    /// The payloads of one key.
    func payloads(of key: String) -> [[UInt8]] { records.filter { $0.key == key }.map(\.payload) }

    var sealedFiles: [String] { disk.files.filter { $0.hasSuffix(".sealed") } }

    /// Writes two snapshots at the log's last two sequences, after which nothing before is needed.
    func writeTwoSnapshots() throws {
        let end = try LogReader(directory: "log", fileSystem: disk).verify()
        let segment = try LogFiles(in: "log", fileSystem: disk).segments.last?.number ?? 0
        for sequence in [end.lastSequence - 1, end.lastSequence] {
            // The chain is that of the end: no test goes on from these.
            let position = LogPosition(
                segment: segment, offset: end.offset, sequence: sequence, digest: try #require(end.head))
            let content = SnapshotWriting.Content(
                position: position, log: try #require(end.log), createdAt: 0, contentVersion: 1,
                neededFrom: sequence + 1)
            _ = try SnapshotWriting(directory: "log", fileSystem: disk).write(content) { _ in }
        }
    }
}
