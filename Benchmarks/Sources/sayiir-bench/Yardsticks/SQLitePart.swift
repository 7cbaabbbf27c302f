/// The same records in SQLite (WAL, synchronous=FULL) as a yardstick, in turns with the log.
struct SQLitePart {
    let context: RunContext
    /// About the bytes of an append in the log.
    let bytes: Int

    /// Measures one writer, then many.
    func run() async throws {
        for place in LogPart.Place.allCases { try await single(place) }
        for writers in context.byMode(quick: [256], full: [64, 256, 1024]) {
            for place in LogPart.Place.allCases { try await batched(writers, place) }
        }
    }

    /// One insert a transaction, on the thread that calls: SQLite at its best, without any change of threads.
    private func single(_ place: LogPart.Place) async throws {
        let path = "\(context.scratch)/single-\(place)"
        let table = try SQLiteTable(path: "\(path).sqlite")
        let log = try await LogAppend(directory: path, payloadBytes: LogAppend.payload(for: bytes))
        let payload = log.payload(of: 0)
        let turns = try await Turns.take(context.rounds) {
            try measure(for: context.round) {
                try table.insert(key: "order-0", timestamp: 1_700_000_000_000_000_000, payload: payload)
            }
        } subject: {
            try await appends(to: log, by: 1, place)
        }
        try await log.close()
        let ratio = turns.rateRatio("SQLite, one insert a transaction", unit: "inserts/s")
        await report(
            turns, writers: 1, place, ratio, FiguresToHold.sqliteSingle(ratio: ratio.ratio),
            "SQLite \(SQLiteTable.version): one thread, a prepared statement, an insert a transaction; no index but the primary key"
        )
    }

    /// As many tasks as the log has, and a thread that makes one transaction of what waits.
    private func batched(_ writers: Int, _ place: LogPart.Place) async throws {
        let path = "\(context.scratch)/batched-\(writers)-\(place)"
        let committer = SQLiteGroupCommitter(try SQLiteTable(path: "\(path).sqlite"))
        let log = try await LogAppend(directory: path, payloadBytes: LogAppend.payload(for: bytes))
        let turns = try await Turns.take(context.rounds) {
            try await measure(for: context.round, tasks: writers) {
                try await committer.insert(key: "order-\($0)", payload: log.payload(of: $0))
            }
        } subject: {
            try await appends(to: log, by: writers, place)
        }
        committer.close()
        try await log.close()
        let ratio = turns.rateRatio("SQLite, batched by a group commit", unit: "inserts/s")
        let bar = writers == 64 ? nil : FiguresToHold.sqliteBatched(writers: writers, ratio: ratio.ratio)
        await report(
            turns, writers: writers, place, ratio, bar,
            "SQLite \(SQLiteTable.version): as many tasks, on Swift's pool, and a thread that makes one transaction of all that "
                + "waits; users would have to write that themselves")
    }

    private func appends(to log: LogAppend, by writers: Int, _ place: LogPart.Place) async throws -> Measurement {
        try await measure(for: context.round, tasks: writers, on: place == .thread ? log.executor : nil) {
            try await log.append(from: $0)
        }
    }

    private func report(
        _ turns: Turns, writers: Int, _ place: LogPart.Place, _ ratio: FloorRatio, _ bar: Bar?, _ note: String
    ) async {
        let parameters = ["writers": Double(writers)]
        let name = writers == 1 ? "SQLite insert" : "SQLite insert, batched"
        if place == .pool {
            let inserts = turns.floor
            await context.report(
                Row(
                    part: "sqlite", name: name, parameters: parameters, value: inserts.rate, unit: "inserts/s",
                    latency: Percentiles(of: inserts, subject: "insert"), durability: .synced,
                    processorMicroseconds: inserts.processorMicroseconds, note: note))
        }
        let appends = turns.subject
        await context.report(
            Row(
                part: "sqlite", name: "log append beside it", variant: place.rawValue, parameters: parameters,
                value: appends.rate, unit: "appends/s", latency: Percentiles(of: appends, subject: "append"),
                floor: ratio, bars: [bar].compactMap { $0 }, durability: .synced,
                processorMicroseconds: appends.processorMicroseconds, note: note))
    }
}
