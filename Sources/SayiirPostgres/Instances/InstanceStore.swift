internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

/// Reads and appends events, and remembers the states of the instances that this process had to do with last, so that it reads
/// of each only what is new. It orders what it does to one instance; what other processes do, the server orders.
actor InstanceStore {
    private let pool: ConnectionPool
    private let queue: AppendQueue
    private let limit: Int
    // Two generations: when the younger is full, the older is dropped, but for what was used since.
    private var young: [InstanceID: KnownInstance] = [:]
    private var old: [InstanceID: KnownInstance] = [:]

    init(_ pool: ConnectionPool, _ queue: AppendQueue) {
        self.pool = pool
        self.queue = queue
        limit = max(1, pool.options.cachedInstances / 2)
    }

    /// Appends events that follow each other.
    func append(_ events: [Event], _ first: Event, lease: Lease?) async throws(BackendError) {
        let known = known(first.instance)
        await takeTurn(known)
        defer { endTurn(known) }
        if known.state == nil, first.revision == 1 { known.state = InstanceState(first.instance) }
        if known.state?.revision != first.revision - 1 { try await update(known, first.instance) }
        guard var state = known.state ?? (first.revision == 1 ? InstanceState(first.instance) : nil),
            state.revision == first.revision - 1
        else {
            // The server says why: it is either the lease or the revision.
            return try await refuse(events, first, lease)
        }
        // Not there while it is uncertain, and so that there is only one of it to change.
        known.state = nil
        for event in events { state.apply(event) }
        try await queue.append(AppendRequest(events, first, lease: lease, row: InstanceRow(state)))
        known.state = consume state
        keepSnapshotIfDue(of: known)
    }

    /// The state of an instance as of its last durable event; `nil` if it has none.
    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        let known = known(instance)
        await takeTurn(known)
        defer { endTurn(known) }
        try await update(known, instance)
        return known.state
    }

    /// Takes in what other processes did.
    private func update(_ known: KnownInstance, _ instance: InstanceID) async throws(BackendError) {
        let revision = known.state?.revision
        let found: Result<Update, BackendError>
        do throws(PostgresError) {
            found = try await pool.runPersistently { connection, _ throws(PostgresError) in
                let reader = InstanceReader(connection: connection)
                guard let revision else {
                    return try reader.whole(instance).map {
                        Update(snapshot: $0.snapshot, events: $0.events.map(\.event))
                    }
                }
                return try reader.history(of: instance, afterRevision: revision).map { events in
                    Update(snapshot: nil, events: events.map(\.event))
                }
            }
        } catch {
            throw .store(error)
        }
        let update = try found.get()
        if let snapshot = update.snapshot {
            known.snapshotRevision = snapshot.revision
            known.state = snapshot
        }
        if known.state == nil, !update.events.isEmpty { known.state = InstanceState(instance) }
        for event in update.events { known.state?.apply(event) }
    }

    private struct Update: Sendable {
        var snapshot: InstanceState?
        var events: [Event]
    }

    private func refuse(_ events: [Event], _ first: Event, _ lease: Lease?) async throws(BackendError) {
        let request = AppendRequest(events, first, lease: lease, row: InstanceRow(InstanceState(first.instance)))
        let refusal: BackendError
        do throws(PostgresError) {
            refusal = try await pool.runPersistently { connection, _ throws(PostgresError) in
                try Refusal(of: request, on: connection).error
            }
        } catch {
            throw .store(error)
        }
        throw refusal
    }

    private func keepSnapshotIfDue(of known: KnownInstance) {
        guard known.isSnapshotDue, let state = known.state else { return }
        known.snapshotRevision = state.revision
        // Nobody waits for it; should it fail, more events are read the next time.
        Task { [pool] in
            try? await pool.run { connection throws(PostgresError) in
                try InstanceReader(connection: connection).keep(state)
            }
        }
    }

    // MARK: What is known

    private func known(_ instance: InstanceID) -> KnownInstance {
        if let known = young[instance] { return known }
        let known = old.removeValue(forKey: instance) ?? KnownInstance()
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[instance] = known
        return known
    }

    private func takeTurn(_ known: KnownInstance) async {
        if known.isTurnTaken {
            await withCheckedContinuation { known.waiting.append($0) }
        } else {
            known.isTurnTaken = true
        }
    }

    private func endTurn(_ known: KnownInstance) {
        if known.waiting.isEmpty { known.isTurnTaken = false } else { known.waiting.removeFirst().resume() }
    }
}
