internal import SayiirEvents
internal import SayiirProjection

// What is there already, and whether it fits.
extension WorkflowClient {
    /// What is known under an id, after the policy was asked whether a new instance may begin there.
    ///
    /// - Throws: ``WorkflowError/instanceExists(_:)``, ``WorkflowError/definitionMismatch(_:expected:found:)``.
    func lookUp<Input, Output>(
        _ id: InstanceID, as workflow: Workflow<Input, Output>, _ policy: ConflictPolicy
    ) async throws(WorkflowError) -> InstanceState {
        try id.check()
        let state = try await environment.state(of: id) ?? InstanceState(id)
        guard state.phase.takesID, policy != .terminateExisting else { return state }
        try check(state, against: workflow)
        if policy == .fail { throw .instanceExists(id) }
        return state
    }

    func require<Input, Output>(
        _ id: InstanceID, as workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> InstanceState {
        let state = try await submittedState(of: id)
        try check(state, against: workflow)
        return state
    }

    /// Refuses a state that does not go by the workflow's definition, or has a newer version's events.
    ///
    /// - Parameters:
    ///   - state: The state.
    ///   - instance: Whose events made it; the state's own if `nil`.
    ///   - workflow: The workflow.
    func check<Input, Output>(
        _ state: InstanceState, of instance: InstanceID? = nil, against workflow: Workflow<Input, Output>
    ) throws(WorkflowError) {
        let id = instance ?? state.id
        guard state.definition == workflow.definitionHash else {
            throw .definitionMismatch(id, expected: workflow.definitionHash, found: state.definition)
        }
        if state.hasUnknownEvents { throw .newerHistory(id) }
    }

    /// What is recorded of a submission. The definition is kept before it.
    func submission<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ id: InstanceID, _ input: Input, priority: Int, deadline: Duration?
    ) async throws(WorkflowError) -> Event.Submitted {
        guard (1...5).contains(priority) else { throw .invalidPriority(priority) }
        let limit = deadline ?? workflow.deadline
        if let limit, limit < .zero { throw .invalidDeadline(limit) }
        let payload: Payload
        do throws(ValueError) {
            payload = try environment.codecs.encode(input)
        } catch {
            throw .notEncodable(what: "input", id, reason: error.reason)
        }
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
