import SayiirEvents
import SayiirLog
import SayiirProjection

/// What a process that alone writes its storage knows of its instances: the revisions and the states of those that are
/// live, and who runs which. Of others it asks the storage. It orders the appends of each instance, and checks revision and lease before each.
///
/// Behind a lock rather than an actor: what is done here takes less time than a change of executors would, and an append has one wait, for the
/// disk.
///
/// Who runs an instance has its state, and changes it with every append. The ledger does not follow: it takes the state over when the
/// lease is given back. If somebody asks before, it reads the events that it has not seen from storage, once, and keeps up from there.
final class InstanceLedger<Storage: EventStorage>: Sendable {
    let storage: Storage
    let contents: Monitor<LedgerContents>

    init(storage: Storage, instances: ParkedInstances = ParkedInstances(), lastEpoch: UInt64 = 0) {
        self.storage = storage
        contents = Monitor(LedgerContents(parked: instances, lastEpoch: lastEpoch))
    }

    func load(_ instance: InstanceID, in contents: inout LedgerContents) {
        contents.load(instance, isKnown: !storage.mayHold(instance))
    }

    // MARK: Leases

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) throws(BackendError) -> Lease {
        let (lease, superseded) = try contents.withLock { contents throws(BackendError) in
            load(instance, in: &contents)
            let superseded = takingOver ? contents.handler(of: instance) : nil
            return (try contents.lease(instance, to: executor, takingOver: takingOver), superseded)
        }
        superseded?(.lost)
        return lease
    }

    func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) {
        let isCurrent = contents.withLock { $0.observe(lease, handler) }
        if !isCurrent { handler(.lost) }
    }

    func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)? {
        let taken = try contents.withLock { contents throws(BackendError) -> (Lease, InstanceState)?? in
            guard contents.unpark(instance), contents[instance].hasSeenAll else { return .none }
            guard let state = contents[instance].live?.state, condition(state) else {
                contents.drop(instance)
                return .some(nil)
            }
            return (try contents.lease(instance, to: executor, takingOver: false), state)
        }
        if let taken { return taken }
        // What has to be read first may have changed when the lease is taken: its first append tells.
        guard let state = try await state(of: instance), condition(state) else { return nil }
        return (try acquireLease(on: instance, by: executor, takingOver: false), state)
    }

    /// Gives a lease back. Returns whether a snapshot would pay because of what was learnt of what instances wait for.
    @discardableResult
    func release(_ lease: Lease, leaving rest: InstanceRest?) -> Bool {
        let (watchers, hasLearntMuch) = contents.withLock { contents in
            let watchers = contents.end(lease, leaving: rest)
            return (watchers, contents.learntRests > max(10_000, contents.count / 2))
        }
        let ended = rest?.state.flatMap { $0.phase.isEnded ? $0 : nil }
        for watcher in watchers { watcher.continuation.resume(returning: ended) }
        return hasLearntMuch
    }

    // MARK: Events

    // Inlined, like what it calls: a task that waits for the disk should not have to find its way back through many frames.
    @inline(__always)
    nonisolated(nonsending) func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        guard let first = events.first else { return }
        try events.checkForm()
        let beginning = contents.withLock { contents in
            // Who has a lease has an entry.
            if let beginning = contents.begin(with: first, under: lease, hasTurn: false) { return beginning }
            load(first.instance, in: &contents)
            return contents.begin(with: first, under: lease, hasTurn: false) ?? .unknown
        }
        do throws(BackendError) {
            if case .begun = beginning {} else { try await complete(beginning, with: first, under: lease) }
            let sequence = try await storage.append(events)
            end(appendOf: first.instance, (events, sequence), isByHolder: lease != nil)
        } catch {
            end(appendOf: first.instance, nil, isByHolder: lease != nil)
            throw error
        }
        // Who has a lease knows what it did; others have to be told.
        if lease == nil { announce(first.instance) }
    }

    /// Waits for the turn and for the history, as far as needed.
    private nonisolated(nonsending) func complete(
        _ beginning: LedgerEntry.Beginning, with first: Event, under lease: Lease?
    ) async throws(BackendError) {
        var beginning = beginning
        while true {
            switch beginning {
            case .begun: return
            case .refused(let error): throw error
            case .waiting: await waitForTurn(of: first.instance)
            case .unknown:
                let history = try await storage.history(of: first.instance, after: 0)
                contents.withLock { $0[first.instance].learn(from: history) }
            }
            beginning = contents.withLock { $0.begin(with: first, under: lease, hasTurn: true) ?? .unknown }
        }
    }

    /// Waits until no append of the instance is under way, and takes the turn.
    private nonisolated(nonsending) func waitForTurn(of instance: InstanceID) async {
        await withCheckedContinuation { continuation in
            let waits = contents.withLock { $0[instance].waitForTurn(continuation) }
            if !waits { continuation.resume() }
        }
    }

    /// Records an append, wakes its waiters, notifies the lease holder, and grants the next queued append its turn.
    private func end(
        appendOf instance: InstanceID, _ appended: (events: [Event], firstSequence: UInt64)?, isByHolder: Bool
    ) {
        let (woken, watchers, notice) = contents.withLock { contents in
            // Before the end, since a lease that is taken away is no reason to keep those waiting who wait for a run's end.
            let notice = isByHolder ? nil : appended.flatMap { contents.notice(to: instance, of: $0.events) }
            let (woken, watchers) = contents.end(appendOf: instance, appended, keepingEnded: Storage.keepsEndedStates)
            return (woken, watchers, notice)
        }
        for waiter in woken { waiter.resume() }
        for watcher in watchers { watcher.continuation.resume(returning: nil) }
        if let notice { notice.handler(notice.notice) }
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        switch try await knowledge(of: instance) {
        case .known(let live): return live?.state
        case .parked(let packed, let samples):
            // Looked into without the lock, and it stays parked.
            if let live = packed.unpacked(as: instance, with: samples) { return live.state }
        case .unknown: break
        }
        guard storage.mayHold(instance) else { return nil }
        return InstanceState(folding: try await storage.history(of: instance, after: 0).map(\.event))
    }

    /// What the ledger can say of an instance.
    private enum Knowledge {
        case known(LiveInstance?)
        case parked(PackedInstance, StateSamples)
        /// Only its whole history tells.
        case unknown
    }

    /// What is known of an instance, once its entry has seen all of its events.
    private func knowledge(of instance: InstanceID) async throws(BackendError) -> Knowledge {
        while true {
            let (knowledge, seenUntil) = contents.withLock { contents -> (Knowledge, UInt64?) in
                guard let entry = contents.entries[instance] else {
                    guard let packed = contents.parked.packed[instance] else { return (.unknown, nil) }
                    return (.parked(packed, contents.parked.samples), nil)
                }
                guard entry.isKnown else { return (.unknown, nil) }
                return entry.isBehind ? (.unknown, entry.seenSequence) : (.known(entry.live), nil)
            }
            guard let seenUntil else { return knowledge }
            let history = try await storage.history(of: instance, after: seenUntil)
            // Should it be gone by now, others can say more.
            let isReadable = contents.withLock { contents in
                contents.isLoaded(instance) ? contents[instance].catchUp(with: history) : true
            }
            if !isReadable { return .known(LiveInstance(folding: try await storage.history(of: instance, after: 0))) }
        }
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await storage.history(of: instance, after: sequence)
    }

    /// The instances in memory: all that are live, and ended ones if storage keeps their states there.
    func instances() async throws(BackendError) -> [InstanceSummary] {
        var (summaries, behind, parked, samples) = contents.withLock { contents in
            (
                contents.entries.values.compactMap { entry in
                    entry.isBehind ? nil : entry.live.map { InstanceSummary($0.state) }
                },
                contents.entries.filter { $0.value.isBehind }.map(\.key), Array(contents.parked.packed),
                contents.parked.samples
            )
        }
        summaries.reserveCapacity(summaries.count + parked.count)
        for id in behind {
            if let state = try await state(of: id) { summaries.append(InstanceSummary(state)) }
        }
        for (id, instance) in parked {
            if let live = instance.unpacked(as: id, with: samples) {
                summaries.append(InstanceSummary(live.state))
            } else if let state = try await state(of: id) {
                summaries.append(InstanceSummary(state))
            }
        }
        return summaries
    }

    /// The live instances, and what they wait for as far as it is known, of those that go by one of these workflows.
    func waitingInstances(of workflows: Set<ServedWorkflow>) -> [WaitingInstance] {
        contents.withLock { contents in
            var list: [WaitingInstance] = []
            list.reserveCapacity(contents.entries.count + contents.parked.packed.count)
            let samples = contents.parked.samples(of: workflows)
            for (id, instance) in contents.parked.packed {
                list.append(WaitingInstance(id, contents.parked.rest(of: instance, within: samples)))
            }
            for (id, entry) in contents.entries {
                if entry.isBehind { list.append(WaitingInstance(id)) }
                guard !entry.isBehind, let live = entry.live, !live.isEnded else { continue }
                let isFamiliar = live.state.served.map { workflows.contains($0) } ?? false
                list.append(WaitingInstance(id, isFamiliar && entry.lease == nil ? live.knownRest : nil))
            }
            return list
        }
    }

    /// The live instances, and a place in the log before which there is nothing that they do not know; `nil` if storage is not a log.
    ///
    /// - Throws: ``BackendError`` if events cannot be read that an instance has not seen.
    func capture() async throws(BackendError) -> LedgerCapture? {
        guard let position = storage.position else { return nil }
        // What is under way now may be durable before that place, and is not known of yet.
        await withCheckedContinuation { continuation in
            if contents.withLock({ $0.appendsUnderWay.wait(continuation) }) { continuation.resume() }
        }
        var (capture, behind) = contents.withLock { contents in
            contents.learntRests = 0
            let seeing = contents.entries.values.filter { !$0.isBehind }
            let capture = LedgerCapture(
                position: position, parked: Array(contents.parked.packed), samples: contents.parked.samples,
                others: seeing.compactMap(\.live).filter { !$0.isEnded }, lastEpoch: contents.lastEpoch)
            return (capture, contents.entries.filter { $0.value.isBehind }.map(\.key))
        }
        for id in behind {
            // What has ended meanwhile is not live, and what was parked meanwhile is read as it was.
            var live: LiveInstance?
            switch try await knowledge(of: id) {
            case .known(let known): live = known
            case .parked(let packed, let samples):
                live = packed.unpacked(as: id, with: samples)
                if live == nil { live = LiveInstance(folding: try await storage.history(of: id, after: 0)) }
            case .unknown: break
            }
            if let live, !live.isEnded { capture.others.append(live) }
        }
        return capture
    }

    /// Whether so much was learnt of what instances wait for that a last snapshot saves the next service more than it costs: a look at
    /// an instance takes as long as writing some ten of them.
    var hasLearntMuch: Bool { contents.withLock { $0.learntRests > max(64, $0.count / 10) } }
}
