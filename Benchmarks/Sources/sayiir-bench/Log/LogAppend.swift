import SayiirLog

/// Appends of one record each to a log, from any number of tasks at once, with checksum, chain and LZ4.
struct LogAppend {
    private let log: LogWriter
    private let payloads: [[UInt8]]

    /// Opens a new log. Payloads look like events: text of their own between words that come again and again.
    init(directory: String, payloadBytes: Int) async throws {
        log = try await LogWriter.open(directory: directory)
        var state: UInt64 = 1
        payloads = (0..<256).map { number in
            var payload = Array(
                "{\"task\":\"charge\",\"order\":\"order-\(number)\",\"currency\":\"EUR\",\"token\":\"".utf8)
            while payload.count < payloadBytes {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                payload.append(UInt8(ascii: "a") + UInt8((state >> 59) & 15))
            }
            return Array(payload.prefix(payloadBytes))
        }
    }

    /// The bytes of a payload with which an append writes about `bytes`: beside it stand the record's header and key, and the frame's
    /// header.
    static func payload(for bytes: Int) -> Int { max(16, bytes - 104) }

    /// The thread that commits.
    var executor: any TaskExecutor { log.executor }

    /// One durable append.
    func append(from writer: Int) async throws {
        var batch = RecordBatch()
        try batch.append(
            kind: .event, key: "order-\(writer)", timestamp: 1_700_000_000_000_000_000,
            payload: payload(of: writer))
        try await log.append(batch)
    }

    /// What a writer appends.
    func payload(of writer: Int) -> [UInt8] { payloads[writer % payloads.count] }

    func close() async throws { try await log.close() }
}
