internal import SayiirEvents
internal import SayiirProjection

// What is there already, and whether it fits.
extension WorkflowClient {
    /// What is known under an id, after the policy was asked whether a new instance may begin there.
    ///
    /// - Throws: ``WorkflowError/instanceExists(_:)``, ``WorkflowError/definitionMismatch(_:_:)``.
    func lookUp<Input, Output>(
        _ id: InstanceID, as workflow: Workflow<Input, Output>, _ policy: ConflictPolicy
    ) async throws(WorkflowError) -> InstanceState {
        try id.check()
        let state = try await environment.state(of: id) ?? InstanceState(id)
        guard state.phase.takesID, policy != .terminateExisting else { return state }
        try await check(state, against: workflow)
        if policy == .fail { throw .instanceExists(id) }
        return state
    }

    func require<Input, Output>(
        _ id: InstanceID, as workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> InstanceState {
        let state = try await submittedState(of: id)
        try await check(state, against: workflow)
        return state
    }

    /// Refuses a state that does not go by the workflow's name and definition, or has a newer version's events.
    ///
    /// - Parameters:
    ///   - state: The state.
    ///   - instance: Whose events made it; the state's own if `nil`.
    ///   - workflow: The workflow.
    func check<Input, Output>(
        _ state: InstanceState, of instance: InstanceID? = nil, against workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) {
        let id = instance ?? state.id
        guard workflow.serves(state) else {
            throw .definitionMismatch(id, try await mismatch(of: state, with: workflow))
        }
        if state.hasUnknownEvents { throw .newerHistory(id) }
    }

    private func mismatch<Input, Output>(
        of state: InstanceState, with workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> WorkflowMismatch {
        var stored: String?
        if let definition = state.definition {
            stored = try await WorkflowError.translating { () throws(BackendError) in
                try await environment.backend.definition(definition)
            }
        }
        return WorkflowMismatch(
            expected: ServedWorkflow(name: workflow.name, definition: workflow.definitionHash),
            foundName: state.workflow, foundDefinition: state.definition,
            difference: stored.flatMap { DefinitionDifference.words(from: $0, to: workflow.definitionText) })
    }

    /// Refuses a signal to an instance that is not live, or that never waits for it.
    func checkAwaited(_ signal: String, by state: InstanceState?, _ id: InstanceID) async throws(WorkflowError) {
        guard let state, state.phase != .unsubmitted, state.phase != .deleted else { throw .instanceNotFound(id) }
        if state.phase.isEnded { throw .notPossible(.signal, id, state.status) }
        guard let definition = state.definition else { return }
        let text = try await WorkflowError.translating { () throws(BackendError) in
            try await environment.backend.definition(definition)
        }
        // A store that does not hold the definition cannot tell, nor one that holds it with other characters, as PostgreSQL does
        // for those of value 0.
        guard let text, DefinitionHash(ofText: text) == definition else { return }
        let known = DefinitionDifference.signals(in: text)
        if !known.contains(where: { $0.isExactly(signal) }) {
            throw .signalNotAwaited(id, signal: signal, known: known)
        }
    }

    /// The stored form of an input.
    func encode<Input: Encodable>(_ input: Input, for id: InstanceID) throws(WorkflowError) -> Payload {
        do throws(ValueError) {
            return try environment.codecs.encode(input)
        } catch {
            throw .notEncodable(what: "input", id, reason: error.reason)
        }
    }

    /// What is recorded of a submission. The definition is kept before it.
    func submission<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ payload: Payload, priority: Int, deadline: Duration?
    ) async throws(WorkflowError) -> Event.Submitted {
        guard (1...5).contains(priority) else { throw .invalidPriority(priority) }
        let limit = deadline ?? workflow.deadline
        if let limit, limit < .zero { throw .invalidDeadline(limit) }
        try await keepDefinition(of: workflow)
        return Event.Submitted(
            workflow: workflow.name, definition: workflow.definitionHash, input: payload, metadata: workflow.metadata,
            priority: UInt32(priority), traceContext: environment.observer.currentTrace,
            deadline: limit.map { environment.clock.now + $0 })
    }

    /// Keeps the workflow's definition for those who look at what is stored.
    func keepDefinition<Input, Output>(of workflow: Workflow<Input, Output>) async throws(WorkflowError) {
        try await WorkflowError.translating { () throws(BackendError) in
            try await environment.backend.keep(
                definition: workflow.definitionText, workflow.definitionHash, at: environment.clock.now)
        }
    }
}

extension InstancePhase {
    /// Whether the instance's id is taken: a new run needs this one to be ended first.
    var takesID: Bool {
        switch self {
        case .unsubmitted, .superseded, .deleted: false
        case .active, .paused, .completed, .failed, .cancelled: true
        }
    }
}

extension InstanceID {
    /// Refuses what cannot be the id of an instance.
    func check() throws(WorkflowError) {
        let length = rawValue.utf8.count
        if length == 0 { throw .invalidInstanceID("instance_id must not be empty") }
        if length > 256 {
            throw .invalidInstanceID("instance_id length \(length) exceeds maximum 256 bytes")
        }
    }
}

extension Workflow {
    /// Whether an instance in the given state goes by this workflow.
    func serves(_ state: InstanceState) -> Bool {
        state.definition == definitionHash && names.contains { $0.isExactly(state.workflow) }
    }
}
