public import SayiirEvents
internal import SayiirProjection

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

    // Disfavored, so that a wrong payload of a declared signal is reported with its type.
    /// Sends a signal to an instance. Durable when this returns.
    ///
    /// It is kept until a node that waits for a signal of this name consumes it, first in, first out. So it may be sent before the
    /// wait begins, and even before the instance is submitted. What an instance that has ended did not consume stays unread. A payload
    /// that the waiting node cannot decode is rejected: it stays in the mailbox, and the wait continues.
    /// Runs nothing: an executor that waits takes it at once, otherwise ``Engine/resume(_:id:)`` does.
    ///
    /// - Parameters:
    ///   - name: The signal's name, as the flow has it; 16 KiB at most.
    ///   - id: The instance.
    ///   - payload: What the waiting node takes.
    ///   - deduplicationID: The sender's own id for this delivery, 64 KiB at most: a second one with the same id is dropped.
    ///   - mustExist: Whether to refuse a signal to an instance that is not live, and one that its definition has no wait for.
    ///   - actor: Who sends it, for the history.
    /// - Throws: ``WorkflowError/notEncodable(what:_:reason:)``, ``WorkflowError/invalidInstanceID(_:)``,
    ///   ``WorkflowError/textTooLong(what:byteCount:limit:)``, ``WorkflowError/backend(_:)``; with `mustExist`
    ///   ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)``,
    ///   ``WorkflowError/signalNotAwaited(_:signal:known:)``.
    @_disfavoredOverload
    @discardableResult
    public func signal(
        _ name: String, to id: InstanceID, payload: some Encodable & Sendable, deduplicationID: String? = nil,
        mustExist: Bool = false, by actor: String? = nil
    ) async throws(WorkflowError) -> SignalReceipt {
        try id.check()
        try Self.check(actor: actor, reason: nil)
        try Self.check(name, "signal's name", limit: TextLimits.name)
        try Self.check(deduplicationID, "deduplication id", limit: TextLimits.remark)
        let value: Payload
        do throws(ValueError) {
            value = try environment.codecs.encode(payload)
        } catch {
            throw .notEncodable(what: "payload of signal '\(name)'", id, reason: error.reason)
        }
        let trace = environment.observer.currentTrace
        while true {
            let target = try await signalTarget(id, name, deduplicationID, mustExist: mustExist)
            if target.hasSeen { return SignalReceipt(isRecorded: false, isServed: try await isServed(target.workflow)) }
            let body = Event.SignalReceived(
                signal: name, payload: value, deduplicationID: deduplicationID, traceContext: trace)
            let event = Event(
                instance: id, revision: target.revision + 1, time: environment.clock.now, actor: actor,
                body: .signalReceived(body))
            guard try await append([event]) else { continue }
            return SignalReceipt(isRecorded: true, isServed: try await isServed(target.workflow))
        }
    }

    /// What has to be known of an instance to send it a signal. The state itself must not outlive this: the backend changes its own in
    /// place, and would have to copy it.
    private func signalTarget(
        _ id: InstanceID, _ name: String, _ deduplicationID: String?, mustExist: Bool
    ) async throws(WorkflowError) -> (revision: UInt64, workflow: ServedWorkflow?, hasSeen: Bool) {
        let state = try await environment.state(of: id)
        if mustExist { try await checkAwaited(name, by: state, id) }
        let hasSeen = deduplicationID.map { state?.mailbox.hasSeen(deduplicationID: $0) == true } ?? false
        let isLive = state.map { !$0.phase.isEnded && $0.phase != .unsubmitted } ?? false
        return (state?.revision ?? 0, isLive ? state?.served : nil, hasSeen)
    }
}
