internal import SayiirEvents
internal import SayiirProjection

// How what was decided becomes durable.
extension InstanceRun {
    // What waits for the disk is inlined, so that a task which comes back from there need not find its way through many frames. What
    // happens rarely is not: the variables of an asynchronous function are made for each call, whether they are needed or not.

    /// Decides, and stores what was decided. If somebody else changed the instance meanwhile, decides again.
    @inline(__always)
    nonisolated(nonsending) func commit(_ command: Command) async throws(WorkflowError) {
        decider.decide(command, at: environment.clock.now)
        do throws(WorkflowError) {
            try await append(knownToBeSmall: command.bringsLittle)
        } catch {
            guard case .backend(.conflict) = error else { throw error }
            try await commitAgain([command])
        }
    }

    nonisolated(nonsending) func commit(_ commands: [Command]) async throws(WorkflowError) {
        if commands.count == 1 { return try await commit(commands[0]) }
        for command in commands { decider.decide(command, at: environment.clock.now) }
        do throws(WorkflowError) {
            try await append()
        } catch {
            guard case .backend(.conflict) = error else { throw error }
            try await commitAgain(commands)
        }
    }

    /// Decides again what somebody else, who has changed the instance, kept from being stored or stored whole.
    @inline(never)
    nonisolated(nonsending) func commitAgain(_ commands: [Command]) async throws(WorkflowError) {
        while true {
            try await rebase(on: try await environment.state(of: id))
            // An attempt that this run has begun was not interrupted, even if its code has not been called yet.
            if isPartlyStored { decider.ownAttempts = Set(begun.map(\.step)) }
            for command in commands { decider.decide(command, at: environment.clock.now) }
            // What others did may be what a step waits for. They are known of now, so nobody will tell of it again.
            if decider.state.phase == .active { decider.decide(.look, at: environment.clock.now) }
            // What was stored in part is not decided again by its command, so go on from where it ends.
            if isPartlyStored { decider.decide(.proceed, at: environment.clock.now) }
            isPartlyStored = false
            do throws(WorkflowError) {
                return try await append()
            } catch {
                guard case .backend(.conflict) = error else { throw error }
            }
        }
    }

    /// Stores what was decided, in as few commits as their size allows.
    ///
    /// If it throws after the first of them, ``isPartlyStored`` is true.
    ///
    /// - Parameter knownToBeSmall: Whether a few events cannot be too large for a commit: then they are not gone through.
    @inline(__always)
    nonisolated(nonsending) func append(knownToBeSmall: Bool = false) async throws(WorkflowError) {
        let events = decider.takeEvents()
        guard !events.isEmpty else { return }
        if knownToBeSmall, events.count <= 4, environment.commitBytes >= EventBatch.fewEventsLimit {
            return try await store(events)
        }
        let count = EventBatch.count(ofFirstCommitIn: events[...], limit: environment.commitBytes)
        if count == events.count { return try await store(events) }
        try await storeInParts(events)
    }

    @inline(never)
    nonisolated(nonsending) func storeInParts(_ events: [Event]) async throws(WorkflowError) {
        var rest = events[...]
        while !rest.isEmpty {
            let part = rest.prefix(EventBatch.count(ofFirstCommitIn: rest, limit: environment.commitBytes))
            try await store(Array(part))
            rest = rest.dropFirst(part.count)
            isPartlyStored = !rest.isEmpty
        }
    }

    /// Stores events in one commit, and notes which attempts that lets begin.
    @inline(__always)
    nonisolated(nonsending) func store(_ events: [Event]) async throws(WorkflowError) {
        let consumed = decider.takeConsumedTraces()
        do throws(BackendError) {
            try await environment.backend.append(events, lease: lease)
        } catch {
            throw WorkflowError(error)
        }
        for index in events.indices {
            if case .taskStarted(let attempt) = events[index].body { begun.append(attempt) }
        }
        environment.observer.didStore(
            events,
            of: RunDescription(
                instance: id, workflow: decider.state.workflow, executor: lease.executor,
                traceContext: decider.state.traceContext, consumedSignals: consumed))
    }

    /// Takes in what others did to the instance.
    @inline(never)
    nonisolated(nonsending) func refresh() async throws(WorkflowError) {
        let state = try await environment.state(of: id)
        if state?.revision != decider.state.revision { try await rebase(on: state) }
    }

    nonisolated(nonsending) func rebase(on state: InstanceState?) async throws(WorkflowError) {
        guard let state, state.run == run else { throw .takenOver(id) }
        decider.rebase(on: state)
    }
}
