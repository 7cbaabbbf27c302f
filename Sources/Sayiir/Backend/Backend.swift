public import SayiirEvents
public import SayiirProjection

/// Where events are kept: the one thing that an engine needs from the world to be durable.
///
/// A backend appends events and gives them back; it decides nothing. The contract, which any two callers may rely on at
/// the same time:
///
/// - What ``append(_:lease:)`` acknowledges is durable, all of it or, if it throws, none (but see
///   ``BackendError/isOutcomeUnknown``).
/// - The revisions of an instance have no gap and no repetition: of two appends that continue the same revision one wins, and
///   the other is a ``BackendError/conflict(instance:expected:found:)``.
/// - Whoever lost a lease cannot write with it any more.
/// - ``state(of:)`` and ``history(of:after:)`` show durable events only, and every one that was acknowledged before the call.
public protocol Backend: Sendable {
    /// Where tasks that append run best, because appending again needs no change of threads there; `nil` if it does not matter.
    var executor: (any TaskExecutor)? { get }

    /// The clock that deadlines are compared on; `nil` if it is the machine's. A backend that several machines share has one of its own.
    var clock: (any EngineClock)? { get }

    /// Gives `executor` the right to run an instance, which need not exist yet.
    ///
    /// - Parameters:
    ///   - instance: The instance.
    ///   - executor: Who asks.
    ///   - takingOver: Whether to take the right from whoever has it, whose appends are refused from then on.
    /// - Throws: ``BackendError/leaseHeld(instance:holder:)`` while another has it and `takingOver` is false.
    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease

    /// Gives `executor` the right to run an instance if its state is one that it can go on with.
    ///
    /// Backends that know states without reading do all of it in one step; the others look, take the lease and look again.
    ///
    /// - Parameters:
    ///   - instance: The instance.
    ///   - executor: Who asks.
    ///   - condition: Whether it goes on with a state. Quick, for it may hold up others.
    /// - Returns: The lease, and the state, which nobody but its holder changes without a lease of their own; `nil` if there is no state or
    ///   the condition does not hold.
    /// - Throws: ``BackendError/leaseHeld(instance:holder:)`` while another has the right.
    func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)?

    /// Calls `handler` for what the holder of a lease has to know, from this call on until the lease ends: that the lease was lost,
    /// or that a client asked to cancel the instance. The handler is quick, and may be called on any thread.
    ///
    /// Without it a request to cancel takes effect between two steps only, and a run that was replaced goes on until its next
    /// append is refused.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - handler: Called for each notice; at once with ``LeaseNotice/lost`` if the lease is not the current one.
    func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async

    /// Gives a lease back. Does nothing if it is not the current one.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - rest: What the instance waits for, if who ran it knows. A backend that hands out work goes by it, and so may
    ///     ``waitingInstances(of:)``.
    func release(_ lease: Lease, leaving rest: InstanceRest?) async

    /// Appends events of one instance and returns once they are durable. They become visible together.
    ///
    /// An append that finds another one of the same instance under way waits for it first.
    ///
    /// - Parameters:
    ///   - events: Events with consecutive revisions, the first of which continues the instance's.
    ///   - lease: The right to run the instance, if this append is made by who runs it.
    /// - Throws: ``BackendError/conflict(instance:expected:found:)`` if the events do not continue the instance,
    ///   ``BackendError/fenced(instance:epoch:)`` if the lease was lost, ``BackendError/log(_:)`` if storage fails.
    nonisolated(nonsending) func append(_ events: [Event], lease: Lease?) async throws(BackendError)

    /// Keeps the text of a definition, before an instance is submitted that goes by it, so that whoever reads what is stored can
    /// show its graph. Nothing that runs depends on it. A backend that keeps none does nothing.
    ///
    /// - Parameters:
    ///   - text: The text that `hash` is the digest of.
    ///   - hash: The definition's hash.
    ///   - time: When it was given.
    /// - Throws: ``BackendError`` if storage fails.
    func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError)

    /// The text of a definition that was kept; `nil` if the backend does not have it.
    ///
    /// - Throws: ``BackendError`` if storage fails.
    func definition(_ hash: DefinitionHash) async throws(BackendError) -> String?

    /// The state of an instance; `nil` if it has no events.
    ///
    /// - Throws: ``BackendError`` if storage fails or holds something that is not an event.
    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState?

    /// The events of an instance behind the given sequence, oldest first; empty if there are none.
    ///
    /// - Parameters:
    ///   - instance: The instance.
    ///   - sequence: The ``/SayiirEvents/RecordedEvent/sequence`` of the last event that is known already; 0 for all.
    /// - Throws: ``BackendError`` if storage fails or holds something that is not an event.
    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent]

    /// Returns once an instance has a durable revision above the given one: at once if it has already. Returns early if
    /// the calling task is cancelled, or, rarely, for no reason: look again.
    func waitForChange(of instance: InstanceID, after revision: UInt64) async

    /// The state of an instance once its run has ended; at once if it is not under way, and `nil` if it has no events.
    ///
    /// A backend can do better than to look at each change: it need not wake who waits for every step, nor read what the executor that ran
    /// the instance still knows. That one gives back its lease soon after the end, and need not be overtaken.
    ///
    /// - Parameters:
    ///   - instance: The instance.
    ///   - isFinal: Asked of a state that is known before the end, which may be an early one of the run: true if the wait is of no use.
    /// - Returns: The state; that of a run which is under way if the calling task is cancelled or `isFinal` holds.
    /// - Throws: ``BackendError`` if storage fails or holds something that is not an event.
    func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState?

    /// The instances that may have work for an executor, as they come to have it: each that was changed without a lease (submitted,
    /// signalled, cancelled), or was ``announce(_:)``d, from this call on. An instance may be named more often than needed, never
    /// less; but a change under a lease names none, for who made it knows of it.
    func wakeUps() async -> AsyncStream<InstanceID>

    /// Tells those who listen to ``wakeUps()`` that an instance may have work for them.
    func announce(_ instance: InstanceID) async

    /// Announces the workflows that a service on this backend serves, in place of those that it announced before.
    ///
    /// - Parameters:
    ///   - workflows: Their names and definitions; `nil` when the service ends.
    ///   - executor: The service's name.
    func announceService(of workflows: [ServedWorkflow]?, by executor: String) async

    /// The workflows that the services which run on this backend serve; `nil` if none runs, as far as the backend knows.
    ///
    /// - Throws: ``BackendError`` if storage fails.
    func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>?

    /// Returns if the backend can store events now.
    ///
    /// - Throws: ``BackendError`` if it cannot: it was closed, it has failed, no server answers.
    func checkHealth() async throws(BackendError)

    /// All instances, in no particular order. May read all that is stored.
    ///
    /// - Throws: ``BackendError`` if storage fails.
    func instances() async throws(BackendError) -> [InstanceSummary]

    /// The instances that have not ended, in no particular order. Costs time in proportion to their number.
    ///
    /// - Throws: ``BackendError`` if storage fails.
    func liveInstances() async throws(BackendError) -> [InstanceSummary]

    /// The instances that have not ended, in no particular order, and what those wait for that go by one of these workflows, as far as the
    /// backend knows. It goes by what was said when their leases were released, unless something has happened since.
    ///
    /// - Parameter workflows: What an executor can run: the name and the definition of an instance both have to match.
    /// - Throws: ``BackendError`` if storage fails.
    func waitingInstances(
        of workflows: Set<ServedWorkflow>
    ) async throws(BackendError) -> [WaitingInstance]
}

extension Backend {
    /// It does not matter where tasks run.
    public var executor: (any TaskExecutor)? { nil }

    /// The machine's clock.
    public var clock: (any EngineClock)? { nil }

    /// Looks, takes the lease, and looks again.
    public func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)? {
        // Looking costs less than a lease, which would be in the way of others.
        guard let known = try await state(of: instance), condition(known) else { return nil }
        let lease = try await acquireLease(on: instance, by: executor, takingOver: false)
        do throws(BackendError) {
            // Nobody else can run it from here on; but others may have until now.
            if let state = try await state(of: instance), condition(state) { return (lease, state) }
        } catch {
            await release(lease)
            throw error
        }
        await release(lease)
        return nil
    }

    /// Tells the holder nothing.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - handler: Not called.
    public func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async {}

    /// The state of an instance once its run has ended.
    ///
    /// - Throws: ``BackendError`` if storage fails or holds something that is not an event.
    public func stateAtEnd(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await stateAtEnd(of: instance) { _ in false }
    }

    /// Looks at each change.
    public func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? {
        while true {
            let state = try await state(of: instance)
            guard let state, state.phase.isUnderWay, !isFinal(state), !Task.isCancelled else { return state }
            await waitForChange(of: instance, after: state.revision)
        }
    }

    /// Gives a lease back, without a word about what the instance waits for.
    public func release(_ lease: Lease) async { await release(lease, leaving: nil) }

    /// Definitions are not kept.
    ///
    /// - Parameters:
    ///   - text: The text that `hash` is the digest of.
    ///   - hash: The definition's hash.
    ///   - time: When it was given.
    public func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {}

    /// Services are not known of.
    ///
    /// - Parameters:
    ///   - workflows: Their names and definitions.
    ///   - executor: The service's name.
    public func announceService(of workflows: [ServedWorkflow]?, by executor: String) async {}

    /// Services are not known of.
    public func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>? { nil }

    /// Nothing is known to be wrong.
    public func checkHealth() async throws(BackendError) {}

    /// No definition is kept.
    ///
    /// - Parameter hash: The definition's hash.
    public func definition(_ hash: DefinitionHash) async throws(BackendError) -> String? { nil }

    /// Those of all instances that have not ended.
    ///
    /// - Throws: ``BackendError`` if storage fails.
    public func liveInstances() async throws(BackendError) -> [InstanceSummary] {
        try await instances().filter { !$0.phase.isEnded }
    }

    /// Those that are live, of which nothing else is known.
    ///
    /// - Parameter workflows: What an executor can run.
    /// - Throws: ``BackendError`` if storage fails.
    public func waitingInstances(
        of workflows: Set<ServedWorkflow>
    ) async throws(BackendError) -> [WaitingInstance] {
        try await liveInstances().map { WaitingInstance($0.id) }
    }

    /// All events of an instance, oldest first; empty if it does not exist.
    ///
    /// - Throws: ``BackendError`` if storage fails or holds something that is not an event.
    public func history(of instance: InstanceID) async throws(BackendError) -> [RecordedEvent] {
        try await history(of: instance, after: 0)
    }
}

/// The right to run one instance, until it is released or another takes over.
public struct Lease: Hashable, Sendable {
    // The first, since it is compared first.
    /// The fencing epoch: higher than that of any lease on the instance before.
    public var epoch: UInt64
    /// The instance.
    public var instance: InstanceID
    /// Who runs it.
    public var executor: String

    /// Describes a lease; only a backend makes valid ones.
    public init(instance: InstanceID, executor: String, epoch: UInt64) {
        self.instance = instance
        self.executor = executor
        self.epoch = epoch
    }
}

/// What is known of an instance without reading its history.
public struct InstanceSummary: Hashable, Sendable {
    /// The instance.
    public var id: InstanceID
    /// Its workflow's name.
    public var workflow: String
    /// The hash of the definition that it goes by.
    public var definition: DefinitionHash?
    /// Where its current run stands.
    public var phase: InstancePhase
    /// When the current run was submitted; of a fork, when it was made from its source.
    public var submittedAt: Timestamp?
    /// When its last event was recorded.
    public var updatedAt: Timestamp?
    /// When the current run ended; `nil` while it goes on.
    public var endedAt: Timestamp?

    /// The summary of a state.
    public init(_ state: InstanceState) {
        id = state.id
        workflow = state.workflow
        definition = state.definition
        phase = state.phase
        submittedAt = state.submittedAt
        updatedAt = state.updatedAt
        endedAt = state.endedAt
    }

    package init(
        id: InstanceID, workflow: String, definition: DefinitionHash?, phase: InstancePhase, submittedAt: Timestamp?,
        updatedAt: Timestamp?,
        endedAt: Timestamp?
    ) {
        self.id = id
        self.workflow = workflow
        self.definition = definition
        self.phase = phase
        self.submittedAt = submittedAt
        self.updatedAt = updatedAt
        self.endedAt = endedAt
    }
}

extension [Event] {
    /// Refuses what cannot be one append, whatever the instance's history is.
    package func checkForm() throws(BackendError) {
        guard let first else { return }
        var revision = first.revision
        // Revisions count from 1, and one has to follow the last.
        let (_, overflows) = revision.addingReportingOverflow(UInt64(count))
        guard revision > 0, !overflows else {
            throw .malformedAppend("revision \(revision) cannot be the first of \(count)")
        }
        for index in indices {
            guard self[index].instance == first.instance else {
                throw .malformedAppend("they belong to '\(first.instance)' and '\(self[index].instance)'")
            }
            guard self[index].revision == revision else {
                throw .malformedAppend("revision \(self[index].revision) stands where \(revision) should")
            }
            revision += 1
        }
    }
}
