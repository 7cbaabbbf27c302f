/// Gives the events of a store in the order of their sequences as they come, none twice, and none left out.
///
/// A sequence is given out before its transaction commits. So a lower one may become visible after a higher one, and one whose
/// transaction was rolled back never does. What stands behind a gap is held back until those are done who might fill it: the
/// transactions that were writing to the table when the gap had been seen.
package struct EventFollower {
    private let reader: PostgresStoreReader
    private var order: SequenceOrder

    /// So many of the latest events are known one by one: a transaction that began before them and commits later is not missed as
    /// long as it is among them.
    private static let window = 50_000

    /// Begins behind all events that are visible, of which it gives none. Within ``PostgresStoreReader/atOneMoment(_:)`` these are
    /// those that are read there.
    ///
    /// - Throws: ``PostgresError``. ``FollowingStandby`` on a server that only copies another.
    package init(behindAllOf reader: PostgresStoreReader) throws {
        self.reader = reader
        guard try reader.connection.run(Self.isStandby).first?.bool(0) == false else { throw FollowingStandby() }
        order = SequenceOrder(seen: try reader.latestSequences(Self.window), isWhole: { $0 < Self.window })
    }

    /// The next events, perhaps none. Must not be called within ``PostgresStoreReader/atOneMoment(_:)``.
    package mutating func next() throws -> [StoredEvent] {
        while true {
            let before = order.settled
            // In this order: who is not among the writers any more has committed what the page then shows.
            let writers = try reader.connection.run(Self.writers).map { row throws(PostgresError) in try row.text(0) }
            let page = try reader.events(after: before)
            let events = order.take(page, { $0.sequence }, writers: Set(writers))
            // Behind what was known from the beginning there may be more at once.
            if !events.isEmpty || order.settled == before { return events }
        }
    }

    private static let isStandby = Statement("is_standby", "SELECT pg_is_in_recovery()")

    /// Whoever inserts has this lock before a sequence is given out, and until all can see what was inserted.
    private static let writers = Statement(
        "writers_of_events",
        """
        SELECT DISTINCT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = 'events'::regclass AND mode = 'RowExclusiveLock'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)
}

/// A server that copies another does not know who writes there.
package struct FollowingStandby: Error {}

/// Puts what is seen of ascending numbers in order, of which some come late and some never.
struct SequenceOrder {
    /// Everything up to here was given, or never comes.
    private(set) var settled: UInt64
    /// What is behind that and was known from the beginning.
    private var known: Set<UInt64>
    /// Gaps before this number never fill once all of `writers` are done.
    private var watch: (end: UInt64, writers: Set<String>?)?
    /// Gaps before this number never fill.
    private var deadEnd: UInt64 = 0

    /// - Parameters:
    ///   - seen: The highest numbers that are known.
    ///   - isWhole: Whether so many are all that there are.
    init(seen: [UInt64], isWhole: (Int) -> Bool) {
        settled = isWhole(seen.count) ? 0 : max(1, seen.min() ?? 1) - 1
        known = Set(seen)
        while known.remove(settled + 1) != nil { settled += 1 }
        if !known.isEmpty { watch = seen.max().map { (end: $0, writers: nil) } }
    }

    /// Takes what is there behind ``settled``, in order, and gives what can be given.
    ///
    /// - Parameters:
    ///   - items: What is there. A part of it will do, if it begins with the first.
    ///   - number: Gives the number of each.
    ///   - writers: Who was about to add something, before it was looked what is there.
    mutating func take<Item>(_ items: [Item], _ number: (Item) -> UInt64, writers: Set<String>) -> [Item] {
        if let watch {
            let left = watch.writers.map { $0.intersection(writers) } ?? writers
            self.watch?.writers = left
            if left.isEmpty {
                deadEnd = watch.end
                self.watch = nil
            }
        }
        var given: [Item] = []
        for item in items {
            let place = number(item)
            guard place == settled + 1 || place <= deadEnd else {
                if watch == nil, let last = items.last { watch = (end: number(last), writers: nil) }
                break
            }
            settled = place
            if known.remove(place) == nil { given.append(item) }
        }
        return given
    }
}
