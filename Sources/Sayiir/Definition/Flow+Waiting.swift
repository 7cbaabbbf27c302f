internal import SayiirEvents

extension Flow {
    /// The flow followed by a wait of the given length. The value passes through.
    ///
    /// The end of the wait is stored: a crash does not prolong it. While an instance waits it needs no thread and no task.
    ///
    /// - Parameters:
    ///   - id: The wait's name.
    ///   - duration: From 0 to 200 years.
    public func delay(_ id: String, _ duration: Duration) -> Flow { adding(.delay(duration), id: id) }

    /// The flow followed by a wait for a signal, whose payload takes the place of the value.
    ///
    /// Signals are kept until they are consumed, first in, first out for each name: one that was sent before the wait began is
    /// as good as one that comes later. If none has come in time, the workflow fails.
    ///
    /// - Parameters:
    ///   - signal: The signal's name, as senders give it.
    ///   - type: What the payload is.
    ///   - id: The wait's name; the signal's by default.
    ///   - timeout: From 0 to 200 years; `nil` to wait for ever.
    public func waitForSignal<Signal>(
        _ signal: String, of type: Signal.Type, as id: String? = nil, timeout: Duration? = nil
    ) -> Flow<Input, Signal> {
        adding(.signal(SignalNode(signal: signal, type: type, timeout: timeout)), id: id)
    }

    /// The flow followed by a wait for a signal; if none has come in time, the given value is taken instead.
    ///
    /// - Parameters:
    ///   - signal: The signal's name, as senders give it.
    ///   - id: The wait's name; the signal's by default.
    ///   - timeout: From 0 to 200 years.
    ///   - fallback: What is taken when the time is over.
    public func waitForSignal<Signal>(
        _ signal: String, as id: String? = nil, timeout: Duration, orElse fallback: Signal
    ) -> Flow<Input, Signal> {
        let node = SignalNode(signal: signal, type: Signal.self, timeout: timeout) { (codecs) throws(ValueError) in
            try codecs.encode(fallback)
        }
        return adding(.signal(node), id: id)
    }
}
