import SayiirEvents

extension InstanceState {
    /// Keeps the last request: its actor and reason are those of the cancellation.
    mutating func requestCancel(_ request: ControlRequest) {
        cancelRequest = request
    }

    mutating func cancel(_ body: Event.Cancelled, _ request: ControlRequest) {
        cancelRequest = cancelRequest ?? request
        interruptedStep = body.interrupted
        end(.cancelled, at: request.time)
    }

    /// Keeps the first request; another one changes nothing.
    mutating func requestPause(_ request: ControlRequest) {
        guard phase != .paused else { return }
        pauseRequest = pauseRequest ?? request
    }

    mutating func pause(_ request: ControlRequest) {
        guard phase == .active else { return note(.unexpectedPhase(phase)) }
        pauseRequest = pauseRequest ?? request
        phase = .paused
    }

    /// Ends a pause, or withdraws the request for one.
    mutating func unpause() {
        guard phase == .paused || pauseRequest != nil else { return note(.unexpectedPhase(phase)) }
        phase = phase == .paused ? .active : phase
        pauseRequest = nil
    }
}
