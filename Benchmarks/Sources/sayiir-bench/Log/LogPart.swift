/// Appends of single records, by one writer in turns with the bare disk, and by many at once.
struct LogPart {
    let context: RunContext
    /// About the bytes of an append in the log.
    let bytes: Int

    /// Where the tasks that append run.
    enum Place: String, CaseIterable {
        case pool = "on Swift's pool"
        case thread = "on the log's threads"
    }

    /// Measures each number of writers in both places.
    func run() async throws {
        for writers in context.byMode(quick: [1, 16, 256, 1024], full: [1, 16, 64, 256, 1024, 4096]) {
            for place in Place.allCases { try await append(by: writers, place) }
        }
    }

    private func append(by writers: Int, _ place: Place) async throws {
        let floor = try DiskFloor(path: "\(context.scratch)/floor-log", writing: bytes)
        let log = try await LogAppend(
            directory: "\(context.scratch)/log-\(writers)-\(place)", payloadBytes: LogAppend.payload(for: bytes))
        let executor = place == .thread ? log.executor : nil
        // The floor needs less time than what stands on it: many writers take a while to come into step.
        let subjectRound = writers == 1 ? context.round : context.round * 2
        _ = try await measure(for: context.round / 2, tasks: writers, on: executor) { try await log.append(from: $0) }
        let turns = try await Turns.take(context.rounds) {
            try floor.measure(for: context.round)
        } subject: {
            try await measure(for: subjectRound, tasks: writers, on: executor) { try await log.append(from: $0) }
        }
        try await log.close()
        await report(turns, floor, writers, place)
    }

    private func report(_ turns: Turns, _ floor: DiskFloor, _ writers: Int, _ place: Place) async {
        let appends = turns.subject
        var row = Row(
            part: "log", name: "append", variant: place.rawValue, parameters: ["writers": Double(writers)],
            value: turns.rate, unit: "appends/s", latency: Percentiles(of: appends, subject: "append"),
            floor: turns.rateRatio(floor.name, unit: "writes/s"), durability: .synced,
            processorMicroseconds: appends.processorMicroseconds)
        if let bar = FiguresToHold.appends(writers: writers, rate: turns.rate, syncMicroseconds: turns.floorP50) {
            row.bars.append(bar)
        }
        await context.report(row)
        guard writers == 1 else { return }
        let tail = turns.tailRatio("p99 of \(floor.name)")
        await context.report(
            Row(
                part: "log", name: "p99 commit latency", variant: place.rawValue, parameters: ["writers": 1],
                value: Percentiles(of: appends, subject: "append")?.p99 ?? 0, unit: "µs", floor: tail,
                bars: [FiguresToHold.tail(ratio: tail.ratio)], durability: .synced,
                note: "value of all rounds together; the ratio is the median of the rounds'"))
    }
}
