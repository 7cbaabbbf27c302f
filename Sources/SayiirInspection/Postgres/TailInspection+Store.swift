internal import SayiirLog
internal import SayiirPostgres

extension TailInspection {
    /// The last events of a store, and those that come. All that can be read is durable.
    func showEvents(of store: PostgresStoreReader, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        var selection = selection
        var last = count.map { LastEntries(count: $0) }
        func take(_ event: StoredEvent) throws {
            let entry = try LogEntry(event)
            guard selection.accepts(entry) else { return }
            if case .unreadable = entry.content { problems.count() }
            if last != nil { last?.add(entry) } else { try show(entry, isDurable: true, console) }
        }
        var follower: EventFollower?
        try store.atOneMoment {
            if let instance = filter.instance {
                try store.forEachEvent(of: [instance], visit: take)
            } else {
                try store.forEachEvent(after: try beginning(in: store), visit: take)
            }
            if follows { follower = try EventFollower(behindAllOf: store) }
        }
        for entry in last?.entries ?? [] { try show(entry, isDurable: true, console) }
        last = nil
        guard var follower else { return try problems.conclude() }
        try console.output.flush()
        while pause() {
            while case let page = try follower.next(), !page.isEmpty {
                for event in page { try take(event) }
                try console.output.flush()
            }
        }
        return .clean
    }

    /// The sequence behind which all wanted events are. Which instances are of a workflow is known only from their first ones on.
    private func beginning(in store: PostgresStoreReader) throws -> UInt64 {
        guard workflow == nil else { return 0 }
        if case .sequence(let first) = since { return max(1, first) - 1 }
        guard let count, since == nil, errorPart == nil, filter.types.isEmpty else { return 0 }
        return try store.sequence(beforeLast: count)
    }
}
