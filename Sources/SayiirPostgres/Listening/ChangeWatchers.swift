internal import SayiirEvents

/// Those of this process who wait for an instance to change, or for work.
actor ChangeWatchers {
    private var watchers: [InstanceID: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var listeners: [Int: AsyncStream<InstanceID>.Continuation] = [:]
    private var lastNumber = 0

    /// A number for one who is about to wait.
    func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Waits until ``wake(_:of:)`` or ``wakeAll(of:)``, or until the calling task is cancelled.
    ///
    /// - Parameter body: Called once the watcher is there, so that no change falls in between.
    func wait(for instance: InstanceID, as number: Int, _ body: @escaping @Sendable () async -> Void) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.start(continuation, number, instance)
                Task { await body() }
            }
        } onCancel: {
            Task { await self.wake(number, of: instance) }
        }
    }

    private func start(_ continuation: CheckedContinuation<Void, Never>, _ number: Int, _ instance: InstanceID) {
        // Cancelled already: what `onCancel` does may have come before.
        if Task.isCancelled { continuation.resume() } else { watchers[instance, default: [:]][number] = continuation }
    }

    /// Wakes one watcher.
    func wake(_ number: Int, of instance: InstanceID) {
        watchers[instance]?.removeValue(forKey: number)?.resume()
        if watchers[instance]?.isEmpty == true { watchers[instance] = nil }
    }

    /// Wakes all watchers of an instance.
    func wakeAll(of instance: InstanceID) {
        for watcher in watchers.removeValue(forKey: instance).map({ Array($0.values) }) ?? [] { watcher.resume() }
    }

    /// Wakes all watchers: they look again. For when notifications may have been missed.
    func wakeAll() {
        let all = watchers
        watchers = [:]
        for group in all.values { for watcher in group.values { watcher.resume() } }
    }

    /// Instances that may have work, from this call on.
    func wakeUps() -> AsyncStream<InstanceID> {
        let (stream, continuation) = AsyncStream.makeStream(of: InstanceID.self)
        let number = newNumber()
        listeners[number] = continuation
        continuation.onTermination = { _ in Task { await self.stopListening(number) } }
        return stream
    }

    private func stopListening(_ number: Int) { listeners[number] = nil }

    /// Names an instance to all who listen.
    func announce(_ instance: InstanceID) {
        for listener in listeners.values { listener.yield(instance) }
    }
}
