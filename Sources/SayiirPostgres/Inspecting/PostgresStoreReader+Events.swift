package import SayiirEvents

/// An event as the table has it: not decoded.
package struct StoredEvent: Sendable {
    /// Its number among all events of the store.
    package var sequence: UInt64
    /// The instance that it is of.
    package var instance: String
    /// When it happened, in nanoseconds since 1970.
    package var time: Int64
    /// The event, encoded.
    package var data: [UInt8]
}

/// A definition as the table has it.
package struct StoredDefinition: Sendable {
    /// The digest of the text.
    package var hash: DefinitionHash
    /// What the workflow looks like.
    package var text: String
    /// When it was kept, in nanoseconds since 1970.
    package var time: Int64
}

extension PostgresStoreReader {
    /// Calls `visit` with all events behind a sequence in order, as of one moment. A page of them is in memory at a time.
    package func forEachEvent(after sequence: UInt64 = 0, visit: (StoredEvent) throws -> Void) throws {
        try atOneMoment {
            var last = sequence
            while true {
                let page = try events(after: last)
                guard let end = page.last else { return }
                for event in page { try visit(event) }
                last = end.sequence
            }
        }
    }

    /// Calls `visit` with the events of some instances in order, as of one moment. No other event is read.
    package func forEachEvent(of instances: [String], visit: (StoredEvent) throws -> Void) throws {
        try atOneMoment {
            var parameters = StatementParameters()
            parameters.append(array: instances.map(\.storable))
            // In the order of sequences the server might rather walk through all events.
            var rest = try connection.run(Self.sequences, parameters).map { row throws(PostgresError) in
                try row.integer(0)
            }.sorted()[...]
            while !rest.isEmpty {
                var parameters = StatementParameters()
                parameters.append(array: rest.prefix(Self.pageLength))
                let page = try Self.events(connection.run(Self.chosen, parameters))
                // Events are never removed.
                guard !page.isEmpty else { return }
                for event in page { try visit(event) }
                rest = rest.dropFirst(page.count)
            }
        }
    }

    /// Some events behind a sequence, in order; none if there are no more.
    package func events(after sequence: UInt64) throws -> [StoredEvent] {
        var parameters = StatementParameters()
        parameters.append(Int64(clamping: sequence))
        return try Self.events(connection.run(Self.following, parameters))
    }

    /// The sequence before the last `count` events: behind it there are so many.
    package func sequence(beforeLast count: Int) throws -> UInt64 {
        var parameters = StatementParameters()
        parameters.append(Int64(clamping: count))
        return try connection.run(Self.beforeLast, parameters).first?.count(0) ?? 0
    }

    /// The sequences of the latest events, in no particular order.
    package func latestSequences(_ count: Int) throws -> [UInt64] {
        var parameters = StatementParameters()
        parameters.append(Int64(clamping: count))
        return try connection.run(Self.latest, parameters).map { row throws(PostgresError) in try row.count(0) }
    }

    /// All definitions, in the order in which they were kept.
    package func definitions() throws -> [StoredDefinition] {
        try connection.run(Self.definitions).map { row throws(PostgresError) in
            StoredDefinition(
                hash: DefinitionHash(bytes: try row.bytes(0)), text: try row.text(1), time: try row.integer(2))
        }
    }

    private static func events(_ rows: PostgresResult) throws(PostgresError) -> [StoredEvent] {
        try rows.map { row throws(PostgresError) in
            StoredEvent(
                sequence: try row.count(0), instance: try row.text(1), time: try row.integer(2),
                data: try row.bytes(3))
        }
    }

    private static let pageLength = 2000

    /// A page has so many rows, or fewer if they are of many bytes, but at least one.
    private static func page(_ condition: String) -> String {
        """
        SELECT sequence, instance, time, data FROM (
            SELECT *, sum(octet_length(data)) OVER (ORDER BY sequence) - octet_length(data) AS bytes_before FROM (
                SELECT sequence, instance, time, data FROM events WHERE \(condition) ORDER BY sequence LIMIT \(pageLength)
            ) AS counted
        ) AS sized WHERE bytes_before < 8388608 ORDER BY sequence
        """
    }

    private static let following = Statement("events_following", page("sequence > $1::bigint"))
    private static let chosen = Statement("events_chosen", page("sequence = ANY ($1::bigint[])"))
    private static let sequences = Statement(
        "sequences_of_instances", "SELECT sequence FROM events WHERE instance = ANY ($1::text[])")
    private static let beforeLast = Statement(
        "sequence_before_last",
        "SELECT coalesce((SELECT sequence FROM events ORDER BY sequence DESC OFFSET $1::bigint LIMIT 1), 0)")
    private static let latest = Statement(
        "latest_sequences", "SELECT sequence FROM events ORDER BY sequence DESC LIMIT $1::bigint")
    private static let definitions = Statement(
        "definitions_to_show", "SELECT hash, text, kept_at FROM definitions ORDER BY kept_at, hash")
}
