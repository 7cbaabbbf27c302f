/// The same records in SQLite (WAL, synchronous=FULL) as a yardstick, in turns with the log.
struct SQLitePart {
    let context: RunContext
    /// About the bytes of an append in the log.
    let bytes: Int

    /// One combination of what is varied.
    private struct Combination {
        var writers: Int
        /// Where the tasks run that append to the log.
        var place: LogPart.Place
        /// Whether SQLite keeps an index by key, so that records can be found as they can in the log.
        var hasIndex: Bool

        var table: String { hasIndex ? "index by key" : "no index" }
    }

    /// Measures one writer, then many.
    func run() async throws {
        for writers in context.byMode(quick: [1, 256], full: [1, 16, 64, 256, 1024]) {
            for hasIndex in [false, true] {
                for place in LogPart.Place.allCases {
                    let combination = Combination(writers: writers, place: place, hasIndex: hasIndex)
                    if writers == 1 { try await single(combination) } else { try await batched(combination) }
                }
            }
        }
    }

    /// One insert a transaction, on the thread that calls: SQLite at its best, without any change of threads.
    private func single(_ combination: Combination) async throws {
        let (table, log) = try await stores(for: combination)
        let payload = log.payload(of: 0)
        let turns = try await Turns.take(context.rounds) {
            try measure(for: context.round) {
                try table.insert(key: "order-0", timestamp: 1_700_000_000_000_000_000, payload: payload)
            }
        } subject: {
            try await appends(to: log, combination)
        }
        try await log.close()
        let ratio = turns.rateRatio("SQLite, \(combination.table), one insert a transaction", unit: "inserts/s")
        await report(
            turns, combination, ratio, FiguresToHold.sqliteSingle(ratio: ratio.ratio),
            "SQLite \(SQLiteTable.version), one thread, a prepared statement, an insert a transaction")
    }

    /// As many tasks as the log has, and a thread that makes one transaction of what waits.
    private func batched(_ combination: Combination) async throws {
        let (table, log) = try await stores(for: combination)
        let committer = SQLiteGroupCommitter(table)
        let turns = try await Turns.take(context.rounds) {
            try await measure(for: context.round, tasks: combination.writers) {
                try await committer.insert(key: "order-\($0)", payload: log.payload(of: $0))
            }
        } subject: {
            try await appends(to: log, combination)
        }
        committer.close()
        try await log.close()
        let ratio = turns.rateRatio("SQLite, \(combination.table), batched by a group commit", unit: "inserts/s")
        let bar =
            combination.writers < 256
            ? nil : FiguresToHold.sqliteBatched(writers: combination.writers, ratio: ratio.ratio)
        await report(
            turns, combination, ratio, bar,
            "SQLite \(SQLiteTable.version), as many tasks, on Swift's pool, and a thread that makes one transaction of all that "
                + "waits: what users would have to write around it")
    }

    private func stores(for combination: Combination) async throws -> (SQLiteTable, LogAppend) {
        let name = "\(combination.writers)-\(combination.place)-\(combination.hasIndex)"
        let path = "\(context.scratch)/sqlite-\(name)"
        return (
            try SQLiteTable(path: "\(path).db", hasIndex: combination.hasIndex),
            try await LogAppend(directory: path, payloadBytes: LogAppend.payload(for: bytes))
        )
    }

    private func appends(to log: LogAppend, _ combination: Combination) async throws -> Measurement {
        let executor = combination.place == .thread ? log.executor : nil
        return try await measure(for: context.round, tasks: combination.writers, on: executor) {
            try await log.append(from: $0)
        }
    }

    private func report(
        _ turns: Turns, _ combination: Combination, _ ratio: FloorRatio, _ bar: Bar?, _ note: String
    ) async {
        let parameters = ["writers": Double(combination.writers)]
        if combination.place == .pool {
            let inserts = turns.floor
            await context.report(
                Row(
                    part: "sqlite", name: "SQLite insert", variant: combination.table, parameters: parameters,
                    value: turns.floorRate, unit: "inserts/s", latency: Percentiles(of: inserts, subject: "insert"),
                    durability: .synced, processorMicroseconds: inserts.processorMicroseconds, note: note))
        }
        let appends = turns.subject
        await context.report(
            Row(
                part: "sqlite", name: "append beside SQLite",
                variant: "\(combination.table), \(combination.place.rawValue)",
                parameters: parameters, value: turns.rate, unit: "appends/s",
                latency: Percentiles(of: appends, subject: "append"), floor: ratio, bars: [bar].compactMap { $0 },
                durability: .synced, processorMicroseconds: appends.processorMicroseconds, note: note))
    }
}
