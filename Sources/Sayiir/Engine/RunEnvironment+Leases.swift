internal import SayiirEvents
internal import SayiirProjection

extension RunEnvironment {
    /// Stops a run as soon as its lease is lost, or a client asks to cancel the instance.
    func observe(_ lease: Lease, for control: RunControl) async {
        control.lease = lease
        await backend.observe(lease) { notice in
            switch notice {
            case .lost: control.stop(.leaseLost)
            case .cancelRequested, .changed: Task { await look(at: lease.instance, for: control) }
            }
        }
    }

    /// Finds out what a change means to a run.
    ///
    /// A run that is about to replace another one may be told of what concerns that one: its own number is higher than that of the state
    /// then. Before its number is known, the run finds out by its first append.
    private func look(at instance: InstanceID, for control: RunControl) async {
        guard let state = try? await state(of: instance), let run = control.run else { return }
        if state.run > run { return control.stop(.leaseLost) }
        if state.run == run, state.phase == .active, state.cancelRequest != nil { control.stop(.cancelRequested) }
    }

    /// Records a request to cancel or pause together with its effect, if no executor runs the instance.
    ///
    /// - Parameters:
    ///   - request: The event.
    ///   - state: The instance's state before it.
    ///   - executor: The name for the lease.
    /// - Returns: The state then; `nil` if nothing was recorded: an executor runs the instance, or it has changed.
    func apply(
        _ request: Event, to state: InstanceState, by executor: String
    ) async throws(WorkflowError) -> InstanceState? {
        var state = state
        state.apply(request)
        guard state.canStopWithoutDefinition else { return nil }
        let lease: Lease
        do throws(BackendError) {
            lease = try await backend.acquireLease(
                on: state.id, by: RequestHolder.name(of: executor), takingOver: false)
        } catch {
            if case .leaseHeld = error { return nil }
            throw WorkflowError(error)
        }
        let result: Result<InstanceState?, WorkflowError>
        do throws(BackendError) {
            let events = [request, state.stopEvent(at: clock.now)]
            try await backend.append(events, lease: lease)
            state.apply(events[1])
            didStore(events, of: state, by: lease)
            await backend.release(lease, leaving: LeftInstance(state: state).rest(in: nil))
            result = .success(state)
        } catch {
            await backend.release(lease)
            switch error {
            case .conflict, .fenced: result = .success(nil)
            default: result = .failure(WorkflowError(error))
            }
        }
        // A service that wanted the instance in the meantime found the lease held.
        await backend.announce(state.id)
        return try result.get()
    }

    private func didStore(_ events: [Event], of state: InstanceState, by lease: Lease) {
        observer.didStore(
            events,
            of: RunDescription(
                instance: state.id, workflow: state.workflow, executor: lease.executor,
                traceContext: state.traceContext))
    }

    /// Lets a request to cancel or pause take effect, if no executor runs the instance.
    ///
    /// - Parameters:
    ///   - state: The instance's state, as far as it is known.
    ///   - executor: The name for the lease.
    /// - Returns: The state then.
    func settle(_ state: InstanceState, by executor: String) async throws(WorkflowError) -> InstanceState {
        guard state.canStopWithoutDefinition else { return state }
        let lease: Lease
        do throws(BackendError) {
            lease = try await backend.acquireLease(
                on: state.id, by: RequestHolder.name(of: executor), takingOver: false)
        } catch {
            if case .leaseHeld = error { return state }
            throw WorkflowError(error)
        }
        let result: Result<InstanceState, WorkflowError>
        do throws(WorkflowError) {
            // Until the lease was there others could run it.
            let current = try await self.state(of: state.id) ?? state
            let stopped = try await stop(current, under: lease)
            await backend.release(lease, leaving: stopped.map { LeftInstance(state: $0).rest(in: nil) })
            result = .success(stopped ?? current)
        } catch {
            await backend.release(lease)
            // Another client has replaced the run, or its executor has: the request is gone with it.
            if case .takenOver = error { result = .success(state) } else { result = .failure(error) }
        }
        // A service that wanted the instance in the meantime found the lease held.
        await backend.announce(state.id)
        return try result.get()
    }

    /// Cancels or pauses an instance that nobody runs, as was asked for. That needs no definition.
    ///
    /// - Returns: The state then; `nil` if that was not asked for, or has to be left to who knows the definition.
    func stop(_ state: InstanceState, under lease: Lease) async throws(WorkflowError) -> InstanceState? {
        var state = state
        while state.canStopWithoutDefinition {
            let event = state.stopEvent(at: clock.now)
            do throws(BackendError) {
                try await backend.append([event], lease: lease)
                state.apply(event)
                didStore([event], of: state, by: lease)
                return state
            } catch {
                guard case .conflict = error else { throw WorkflowError(error) }
                guard let changed = try await self.state(of: state.id) else { return nil }
                state = changed
            }
        }
        return nil
    }
}

extension InstanceState {
    /// Whether a request to cancel or pause waits to take effect. If nobody runs the instance, that needs no definition.
    var canStopWithoutDefinition: Bool {
        phase == .active && (cancelRequest != nil || pauseRequest != nil) && !hasUnknownEvents
    }

    /// The event by which the request takes effect.
    func stopEvent(at now: Timestamp) -> Event {
        let request = cancelRequest ?? pauseRequest
        let interrupted = steps.open.first { $0.status != .entered }?.step
        let body: Event.Body =
            cancelRequest != nil ? .cancelled(.init(interrupted: interrupted)) : .paused(.init())
        return Event(
            instance: id, revision: revision + 1, time: now, actor: request?.actor, reason: request?.reason, body: body)
    }
}
