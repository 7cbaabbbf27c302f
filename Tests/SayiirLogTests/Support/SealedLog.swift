import SayiirTesting
import Testing

@testable import SayiirLog

/// A log of several segments in memory, and what was put into it.
struct SealedLog {
    let disk = InMemoryFileSystem()
    let options: LogOptions
    private(set) var records: [(key: String, payload: [UInt8])] = []

    /// Commits of one to four records each, under forty keys, until there are so many segments. All but the last
    /// `journalCount` are sealed.
    init(
        segments: Int = 4, journalCount: Int = 1, options: LogOptions = testOptions(segmentBytes: 16 * 1024)
    ) throws {
        self.options = options
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

    /// Writes two snapshots, at the ends of the log's last two commits, after which nothing before is needed.
    func writeTwoSnapshots() throws {
        var frames: [Frame] = []
        let end = try LogReader(directory: "log", fileSystem: disk).verify { frames.append($0) }
        for frame in frames.filter(\.kind.holdsRecords).suffix(2) {
            let sequence = frame.firstSequence + UInt64(frame.recordCount) - 1
            let position = LogPosition(
                segment: frame.segment.number, offset: frame.end, sequence: sequence, digest: frame.digest)
            let content = SnapshotWriting.Content(
                position: position, log: try #require(end.log), createdAt: 0, contentVersion: 1,
                neededFrom: end.lastSequence)
            _ = try SnapshotWriting(directory: "log", fileSystem: disk).write(content) { _ in }
        }
    }
}
