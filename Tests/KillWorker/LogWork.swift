import SayiirLog

/// Appends to a log from eight tasks at once and reports each acknowledgement: its first sequence, how many records, and
/// the name of the first of them. Stops after some thousand records and waits: whoever kills it may be late.
struct LogWork: Sendable {
    let directory: String
    /// What makes this process's records differ from those of the processes before it.
    let nonce: String

    func run() async throws {
        var options = LogOptions()
        // Small segments, so that kills land in roll-overs too.
        options.firstSegmentBytes = 64 * 1024
        options.segmentBytes = 128 * 1024
        let log = try await LogWriter.open(directory: directory, options: options)
        say("open \(log.lastSequence)")
        try await withThrowingTaskGroup { group in
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
