internal import SayiirEvents
internal import SayiirLog

/// The control over one run of an instance: the Swift task that the run has for itself, and the reason for which the engine stops it.
///
/// The handle of that task never leaves this object. So if the task is cancelled without a ``reason``, the user's code did it.
final class RunControl: Sendable {
    /// Why an engine stops a run.
    enum StopReason: Hashable, Sendable {
        /// The calling task was cancelled, or the service was.
        case shutdown
        /// A client asked to cancel the instance.
        case cancelRequested
        /// The lease was lost: nothing that the code does can be stored any more.
        case leaseLost
    }

    private struct Contents {
        var task: Task<Void, Never>?
        var reason: StopReason?
        /// Ends the wait for the run; `nil` before the run has started and after it has ended.
        var abandon: (@Sendable (StopReason) -> Void)?
        var isOver = false
        var lease: Lease?
        var run: UInt64?
    }

    private let contents = Monitor(Contents())

    /// Why the run is being stopped; `nil` while it is not.
    var reason: StopReason? { contents.withLock { $0.reason } }

    /// Whether the run must not begin anything more. A request to cancel is decided from the instance's state instead.
    var isStopping: Bool {
        switch reason {
        case .shutdown, .leaseLost: true
        case .cancelRequested, nil: false
        }
    }

    /// The lease under which the run takes place, once it was acquired.
    var lease: Lease? {
        get { contents.withLock { $0.lease } }
        set { contents.withLock { $0.lease = newValue } }
    }

    /// The number of the instance's run that is under way, once it is known: another one is not this control's.
    var run: UInt64? {
        get { contents.withLock { $0.run } }
        set { contents.withLock { $0.run = newValue } }
    }

    /// Starts the run in a Swift task of its own. Exactly one of `finished` and `abandoned` is called: the latter at once, and nothing is
    /// started, if the run was abandoned before. The lease may be lost, or the caller be cancelled, that early.
    ///
    /// - Parameters:
    ///   - executor: Where it runs; `nil` for Swift's pool.
    ///   - body: Runs the instance.
    ///   - finished: Called in the same Swift task with the value of `body`.
    ///   - abandoned: Called instead if the end of `body` is not waited for.
    func start<Value: Sendable>(
        on executor: (any TaskExecutor)?, _ body: @escaping @Sendable () async -> Value,
        finished: @escaping @Sendable (Value) async -> Void, abandoned: @escaping @Sendable (StopReason) -> Void
    ) {
        // It may have been abandoned before it has started.
        let early = contents.withLock { contents -> StopReason? in
            if contents.isOver { return contents.reason ?? .shutdown }
            contents.abandon = abandoned
            return nil
        }
        if let early { return abandoned(early) }
        let task = startTask(on: executor) {
            let value = await body()
            if self.end() != nil { await finished(value) }
        }
        contents.withLock { contents in
            // It may be over by now: what has nothing to wait for ends at once. Or it goes on in another task already.
            if !contents.isOver, contents.task == nil { contents.task = task }
            if contents.reason != nil { task.cancel() }
        }
    }

    /// Continues the run in another Swift task, because code of the run has cancelled the one before.
    func continueInNewTask<Value: Sendable>(
        on executor: (any TaskExecutor)?, _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            contents.withLock { contents in
                let task = Task(executorPreference: executor) { continuation.resume(returning: await body()) }
                contents.task = contents.isOver ? nil : task
                if contents.reason != nil { task.cancel() }
            }
        }
    }

    /// Cancels the run's Swift task. The first reason counts, except that a lost lease overrides every other one: then the end
    /// of the code is not waited for.
    func stop(_ reason: StopReason) {
        let task = contents.withLock { contents in
            if contents.reason == nil || reason == .leaseLost { contents.reason = reason }
            return contents.task
        }
        task?.cancel()
        if reason == .leaseLost { abandon() }
    }

    /// Ends the wait for a run that was stopped and whose code has not ended. The code is left to itself.
    func abandon() {
        let reason = reason ?? .shutdown
        end()?(reason)
    }

    /// Marks the run as over. Returns what ends the wait for it; `nil` if it was over already.
    private func end() -> (@Sendable (StopReason) -> Void)? {
        contents.withLock { contents in
            guard !contents.isOver else { return nil }
            contents.isOver = true
            contents.task = nil
            return contents.abandon.take()
        }
    }
}

/// Starts a Swift task, on the caller's thread if that is where it runs anyway: changing threads takes longer than several steps do.
private func startTask(
    on executor: (any TaskExecutor)?, _ body: @escaping @Sendable () async -> Void
) -> Task<Void, Never> {
    guard let executor else {
        if #available(macOS 26, iOS 26, watchOS 26, tvOS 26, visionOS 26, *) { return Task.immediate(operation: body) }
        return Task(operation: body)
    }
    return Task(executorPreference: executor, operation: body)
}
