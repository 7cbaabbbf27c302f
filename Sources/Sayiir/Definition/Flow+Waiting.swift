internal import SayiirEvents

extension FlowBuilder {
    /// The flow followed by a wait of the given length. The value passes through.
    ///
    /// The end of the wait is stored: a crash does not prolong it. While an instance waits it needs no thread and no
    /// task.
    ///
    /// - Parameters:
    ///   - id: The wait's name.
    ///   - duration: From 0 to 200 years.
    public func delay(_ id: String, _ duration: Duration) -> FlowBuilder { adding(.delay(duration), id: id) }

    /// Adds a wait for a signal, whose payload takes the place of the value.
    ///
    /// ```swift
    /// let approve = Signal("approve", of: Verdict.self)
    /// flow.waitForSignal(approve, timeout: .seconds(86_400)).then(apply)     // apply: DurableTask<Verdict, …>
    /// ```
    ///
    /// Signals are kept until they are consumed, first in, first out for each name: one that was sent before the wait
    /// began is as good as one that comes later. If none has come in time, the workflow fails.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - id: The wait's name; the signal's by default.
    ///   - timeout: From 0 to 200 years; `nil` to wait for ever.
    public func waitForSignal<Payload>(
        _ signal: Signal<Payload>, as id: String? = nil, timeout: Duration? = nil
    ) -> FlowBuilder<Input, Payload> {
        adding(.signal(SignalNode(signal: signal.name, type: Payload.self, timeout: timeout)), id: id)
    }

    /// Adds a wait for a signal. If none has come in time, the given value is taken instead.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - id: The wait's name; the signal's by default.
    ///   - timeout: From 0 to 200 years.
    ///   - fallback: The value that is taken when the time is over.
    public func waitForSignal<Payload>(
        _ signal: Signal<Payload>, as id: String? = nil, timeout: Duration, orElse fallback: Payload
    ) -> FlowBuilder<Input, Payload> {
        let node = SignalNode(signal: signal.name, type: Payload.self, timeout: timeout) {
            (codecs) throws(ValueError) in try codecs.encode(fallback)
        }
        return adding(.signal(node), id: id)
    }

    /// Adds a wait for a signal that is known by its name. Prefer a declared ``Signal``: it keeps the flow and the
    /// senders in step.
    ///
    /// - Parameters:
    ///   - signal: The signal's name, as senders give it.
    ///   - type: The payload's type.
    ///   - id: The wait's name; the signal's by default.
    ///   - timeout: From 0 to 200 years; `nil` to wait for ever.
    public func waitForSignal<Payload>(
        _ signal: String, of type: Payload.Type, as id: String? = nil, timeout: Duration? = nil
    ) -> FlowBuilder<Input, Payload> {
        waitForSignal(Signal(signal, of: type), as: id, timeout: timeout)
    }

    // Disfavored, so that a wrong fallback of a declared signal is reported with its type.
    /// Adds a wait for a signal that is known by its name. If none has come in time, the given value is taken instead.
    ///
    /// - Parameters:
    ///   - signal: The signal's name, as senders give it.
    ///   - id: The wait's name; the signal's by default.
    ///   - timeout: From 0 to 200 years.
    ///   - fallback: The value that is taken when the time is over.
    @_disfavoredOverload
    public func waitForSignal<Payload>(
        _ signal: String, as id: String? = nil, timeout: Duration, orElse fallback: Payload
    ) -> FlowBuilder<Input, Payload> {
        waitForSignal(Signal(signal), as: id, timeout: timeout, orElse: fallback)
    }
}
