internal import GRDB
internal import SayiirEvents
internal import SayiirProjection

/// The instances whose events come in: in memory while they are at work, from the catalogue's tables where they are not.
///
/// Holds at most a fixed number beside those of the current batch, however many are alive.
///
/// Entries are changed in place. After a transaction that failed they are ahead of the tables, and the cache must be given up.
struct InstanceCache {
    /// An instance, in one place: states are too large to be copied for each event.
    final class Entry {
        var instance: CataloguedInstance

        init(_ instance: CataloguedInstance) { self.instance = instance }
    }

    private(set) var entries: [InstanceID: Entry] = [:]
    private let capacity: Int
    private var nextNumber: Int64?

    init(capacity: Int) { self.capacity = capacity }

    /// The instance as it is known, or a new one.
    mutating func entry(_ id: InstanceID, at sequence: UInt64, _ database: Database) throws -> Entry {
        if let known = entries[id] { return known }
        let entry = Entry(try stored(id, database) ?? new(id, at: sequence, database))
        entries[id] = entry
        return entry
    }

    private mutating func new(_ id: InstanceID, at sequence: UInt64, _ database: Database) throws -> CataloguedInstance
    {
        let number = try nextNumber ?? ((Int64.fetchOne(database, sql: "SELECT max(number) FROM instance") ?? 0) + 1)
        nextNumber = number + 1
        return CataloguedInstance(
            number: number, state: InstanceState(id), isStored: false, firstSequence: sequence, lastSequence: sequence)
    }

    /// All that changed is in the tables now. What is not needed any more, or too much, is forgotten.
    mutating func settle(changed: [InstanceID]) {
        for id in changed {
            guard let entry = entries[id] else { continue }
            entry.instance.isStored = true
            entry.instance.isChanged = false
            if entry.instance.state.phase.isEnded { entries[id] = nil }
        }
        if entries.count > capacity {
            let recent = Set(changed)
            entries = entries.filter { recent.contains($0.key) }
        }
        if entries.count > capacity { entries.removeAll() }
    }

    private func stored(_ id: InstanceID, _ database: Database) throws -> CataloguedInstance? {
        var statement = try RowStatement(
            database,
            """
            SELECT i.number, i.first_sequence, i.last_sequence, s.state
            FROM instance i JOIN instance_state s USING (number) WHERE i.id = ?
            """)
        statement.bind(id.rawValue)
        return try statement.first { row in
            CataloguedInstance(
                number: row.integer(0), state: try InstanceState(decoding: row.bytes(3)[...]), isStored: true,
                firstSequence: UInt64(clamping: row.integer(1)), lastSequence: UInt64(clamping: row.integer(2)))
        }
    }
}
