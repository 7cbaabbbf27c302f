internal import SayiirEvents
internal import SayiirProjection

extension RunEnvironment {
    /// Stops a run as soon as its lease is lost, or a client asks to cancel the instance.
    func observe(_ lease: Lease, for control: RunControl) async {
        control.lease = lease
        await backend.observe(lease) { notice in
            switch notice {
            case .lost: control.stop(.leaseLost)
            case .cancelRequested: control.stop(.cancelRequested)
            case .changed: Task { await look(at: lease.instance, for: control) }
            }
        }
    }

    /// Finds out what a change means to a run.
    private func look(at instance: InstanceID, for control: RunControl) async {
        guard let state = try? await state(of: instance) else { return }
        if let run = control.run, state.run != run { return control.stop(.leaseLost) }
        if state.phase == .active, state.cancelRequest != nil { control.stop(.cancelRequested) }
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
                observer.didStore(
                    [event],
                    of: RunDescription(
                        instance: state.id, workflow: state.workflow, executor: lease.executor,
                        traceContext: state.traceContext))
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
