internal import SayiirLog

/// Lets instances begin one after the other whose steps have been interrupted often.
///
/// What runs beside a task that ends the process is interrupted as often as that task. Running alone tells which of them it is: only that
/// one is interrupted again, and the others get their ends recorded.
final class SuspectGate: Sendable {
    private struct State {
        /// The pass of the one that is in; 0 if none is.
        var current: UInt64 = 0
        var lastPass: UInt64 = 0
        var waiting: [(pass: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Monitor(State())

    /// A task that has run for so long without ending the process holds up the others no more.
    private static let patience = Duration.seconds(5)

    /// Waits for the turn, or until the calling task is cancelled: nothing begins then.
    ///
    /// - Returns: The pass, for ``leave(_:)``.
    nonisolated(nonsending) func enter() async -> UInt64 {
        let pass = state.withLock { state in
            state.lastPass += 1
            return state.lastPass
        }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isIn = state.withLock { state -> Bool? in
                    guard state.current == 0 else {
                        // Cancelled already: what `onCancel` does may have come before.
                        if Task.isCancelled { return false }
                        state.waiting.append((pass, continuation))
                        return nil
                    }
                    state.current = pass
                    return true
                }
                if let isIn { continuation.resume(returning: isIn) }
            }
        } onCancel: {
            giveUp(pass)
        }
        if isIn { _ = TaskTimer.shared.start(after: Self.patience) { [self] in leave(pass) } }
        return pass
    }

    /// Ends the wait for a turn.
    private func giveUp(_ pass: UInt64) {
        let waiting = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let place = state.waiting.firstIndex(where: { $0.pass == pass }) else { return nil }
            return state.waiting.remove(at: place).continuation
        }
        waiting?.resume(returning: false)
    }

    /// Ends a turn, unless it has ended.
    func leave(_ pass: UInt64) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.current == pass else { return nil }
            guard !state.waiting.isEmpty else {
                state.current = 0
                return nil
            }
            let next = state.waiting.removeFirst()
            state.current = next.pass
            return next.continuation
        }
        next?.resume(returning: true)
    }
}
