public import SayiirEvents

extension WorkflowClient {
    /// Sends a declared signal to an instance; a payload of another type does not compile.
    ///
    /// It does the same as `signal(_:to:payload:deduplicationID:mustExist:by:)` with the signal's name.
    ///
    /// - Parameters:
    ///   - signal: The signal, as the flow waits for it.
    ///   - id: The instance.
    ///   - payload: The value that the waiting node takes.
    ///   - deduplicationID: The sender's own id for this delivery: a second one with the same id is dropped.
    ///   - mustExist: Whether to refuse a signal to an instance that is not live, and one that its definition has no wait for.
    ///   - actor: The name of the sender, for the history.
    /// - Throws: what `signal(_:to:payload:deduplicationID:mustExist:by:)` throws.
    @discardableResult
    public func signal<Payload>(
        _ signal: Signal<Payload>, to id: InstanceID, payload: Payload, deduplicationID: String? = nil,
        mustExist: Bool = false, by actor: String? = nil
    ) async throws(WorkflowError) -> SignalReceipt {
        try await self.signal(
            signal.name, to: id, payload: payload, deduplicationID: deduplicationID, mustExist: mustExist, by: actor)
    }
}
