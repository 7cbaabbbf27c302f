import SayiirLog

/// Appends to a log from eight tasks at once and reports each acknowledgement: its first sequence, how many records, and
/// the name of the first of them. Meanwhile it takes snapshots, of how many records there are and what their keys add up to; what it
/// finds of both when it opens the log, it reports first. Stops after some thousand records and waits: whoever kills it may be late.
struct LogWork: Sendable {
    let directory: String
    /// What makes this process's records differ from those of the processes before it.
    let nonce: String

    func run() async throws {
        var options = LogOptions()
        // Small segments, so that kills land in roll-overs too.
        options.firstSegmentBytes = 64 * 1024
        options.segmentBytes = 128 * 1024
        let (log, sums) = try await LogWriter.open(
            directory: directory, options: options, folding: Sums(), contentVersion: 1,
            restore: { sums, entry in sums = Sums(entry) ?? sums },
            fold: { sums, frame in frame.forEachRecord { sums.add($0.key) } })
        say("open \(log.lastSequence) \(sums.count) \(sums.keys) \(log.recovery.snapshotSequence ?? 0)")
        try await withThrowingTaskGroup { group in
            group.addTask {
                // More often than anybody would, for kills to hit them.
                for _ in 0..<200 {
                    try await Task.sleep(for: .milliseconds(10))
                    try await takeSnapshot(of: log)
                }
            }
            for writer in 0..<8 {
                // Half of them on the thread that commits.
                group.addTask(executorPreference: writer % 2 == 0 ? log.executor : nil) {
                    try await append(to: log, as: writer)
                }
            }
            try await group.waitForAll()
        }
        try await Task.sleep(for: .seconds(3600))
    }

    /// A snapshot of all that the log holds: what was read back of it, up to where it was when that began.
    private func takeSnapshot(of log: LogWriter) async throws {
        let position = log.position
        var sums = Sums()
        var follower = LogReader(directory: directory).follow()
        while sums.count < position.sequence, let frame = try follower.next() {
            frame.forEachRecord { if $0.sequence <= position.sequence { sums.add($0.key) } }
        }
        let entry = sums
        try await log.writeSnapshot(at: position, contentVersion: 1, neededFrom: 1) { (entries) throws(LogError) in
            try entries.append(kind: RecordKind(rawValue: 16), key: "\(entry.count)") { bytes in
                bytes += Array("\(entry.keys)".utf8)
            }
        }
    }

    private func append(to log: LogWriter, as writer: Int) async throws {
        var number = 0
        while number < 400 {
            let count = 1 + (number + writer) % 3
            var batch = RecordBatch()
            for index in number..<number + count {
                let name = "\(nonce)-\(writer)-\(index)"
                try batch.append(kind: .event, key: name, timestamp: 0, payload: payload(of: name))
            }
            let sequence = try await log.append(batch)
            say("ack \(sequence) \(count) \(nonce) \(writer) \(number)")
            number += count
        }
    }

    /// Some hundred bytes that follow from the name, and compress a little.
    private func payload(of name: String) -> [UInt8] {
        let copies = 1 + name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 40
        return Array(String(repeating: name + "|", count: copies).utf8)
    }
}

/// How many records there are, and what their keys add up to.
private struct Sums {
    var count: UInt64 = 0
    var keys: UInt64 = 0

    init() {}

    init?(_ entry: LogRecord) {
        guard let count = UInt64(entry.key), let keys = UInt64(String(decoding: entry.payload, as: UTF8.self)) else {
            return nil
        }
        self.count = count
        self.keys = keys
    }

    mutating func add(_ key: String) {
        count += 1
        keys &+= key.utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) }
    }
}
