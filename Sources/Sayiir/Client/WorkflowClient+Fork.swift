public import SayiirEvents
internal import SayiirProjection

// New instances that have a past.
extension WorkflowClient {
    /// Begins an instance that starts from a chosen event of another one, which stays as it is. Runs nothing: ``Engine/resume(_:id:)``
    /// does, or a service.
    ///
    /// ```swift
    /// try await client.fork(order, from: "order-42", as: "order-42-again", changing: .output(of: Step("price"), 95))
    /// ```
    ///
    /// The source's events up to there become the new instance's, with their times, followed by ``/SayiirEvents/Event/Derived``, all
    /// in one commit: there is the whole instance or none. So what had completed does not run again, an attempt that was under way is
    /// repeated (or is in doubt, if it may run at most once), and signals that had arrived are there. A pause holds for the new instance, too.
    ///
    /// With a change, events are copied up to the one that brought the changed value and no further, even if `revision` is higher:
    /// whatever came after it is forgotten and happens again, in other branches as well, and signals that arrived later are not there.
    ///
    /// The history has to fit into one commit of the log, 16 MiB.
    ///
    /// - Parameters:
    ///   - workflow: What is to be run, of the same definition as the source.
    ///   - source: The instance that the new one comes from. It may run, or have ended, meanwhile.
    ///   - revision: The last event that the two have in common, which must lie before the end of the source's run; its latest if `nil`.
    ///   - id: 1 to 256 bytes of UTF-8, under which nothing is stored yet.
    ///   - change: Another value than the one in the past, if there is to be one.
    ///   - actor: Who does it, for the history.
    ///   - reason: Why, for the history.
    /// - Throws: ``WorkflowError/notForkable(_:reason:)``, ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/instanceExists(_:)``,
    ///   ``WorkflowError/definitionMismatch(_:_:)``, ``WorkflowError/notEncodable(what:_:reason:)``,
    ///   ``WorkflowError/invalidInstanceID(_:)``, ``WorkflowError/newerHistory(_:)``, ``WorkflowError/backend(_:)``.
    @discardableResult
    public func fork<Input, Output>(
        _ workflow: Workflow<Input, Output>, from source: InstanceID, at revision: UInt64? = nil, as id: InstanceID,
        changing change: ForkChange<Input>? = nil, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try id.check()
        _ = try await submittedState(of: source)
        let history = try await history(of: source).map(\.event)
        var replacement: (place: ChangedPlace, value: Payload)?
        if let change { replacement = (change.place, try encode(change, for: id)) }
        let past = try CopiedPast(of: history, of: source, upTo: revision, changing: replacement, as: id)
        try await check(past.state, of: source, against: workflow)
        try await keepDefinition(of: workflow)
        let lineage = Event.Derived(
            source: source, sourceRevision: past.state.revision, change: past.replacement)
        let derived = Event(
            instance: id, revision: past.state.revision + 1, time: environment.clock.now, actor: actor, reason: reason,
            body: .derived(lineage))
        return try status(try await begin(past, with: derived), as: workflow)
    }

    /// Stores an instance with its past and where that is from, in one commit.
    ///
    /// - Returns: Its state.
    func begin(_ past: CopiedPast, with lineage: Event) async throws(WorkflowError) -> InstanceState {
        guard try await append(past.events + [lineage]) else { throw .instanceExists(lineage.instance) }
        var state = past.state
        state.apply(lineage)
        return state
    }

    private func encode<Input>(_ change: ForkChange<Input>, for id: InstanceID) throws(WorkflowError) -> Payload {
        do throws(ValueError) {
            return try environment.codecs.encode(change.value)
        } catch {
            throw .notEncodable(what: "new value of \(change.place)", id, reason: error.reason)
        }
    }
}

extension Engine {
    /// Begins an instance that starts from a chosen event of another one; see ``WorkflowClient/fork(_:from:at:as:changing:by:reason:)``.
    /// Runs nothing: ``resume(_:id:)`` does, or the service.
    ///
    /// - Throws: ``WorkflowError``.
    @discardableResult
    public func fork<Input, Output>(
        _ workflow: Workflow<Input, Output>, from source: InstanceID, at revision: UInt64? = nil, as id: InstanceID,
        changing change: ForkChange<Input>? = nil, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try await client.fork(
            workflow, from: source, at: revision, as: id, changing: change, by: actor, reason: reason)
    }
}
