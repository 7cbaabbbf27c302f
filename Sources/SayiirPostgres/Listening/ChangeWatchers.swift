internal import SayiirEvents

/// Those of this process who wait for an instance to change, or for work.
actor ChangeWatchers {
    private(set) var watchers: [InstanceID: [Int: Watcher]] = [:]
    private var listeners: [Int: AsyncStream<InstanceID>.Continuation] = [:]
    private var lastNumber = 0

    /// One who waits.
    struct Watcher {
        var continuation: CheckedContinuation<Void, Never>
        /// Whether only the end of a run is of interest.
        var isForEnd: Bool
    }

    /// A number for one who is about to wait.
    func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Waits until ``wake(_:of:)`` or ``wakeAll(of:)``, or until the calling task is cancelled.
    ///
    /// - Parameters:
    ///   - instance: The instance.
    ///   - number: The watcher's.
    ///   - isForEnd: Whether only the end of a run is of interest.
    ///   - body: Called once the watcher is there, so that no change falls in between.
    func wait(
        for instance: InstanceID, as number: Int, untilEnd isForEnd: Bool, _ body: @escaping @Sendable () async -> Void
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.start(Watcher(continuation: continuation, isForEnd: isForEnd), number, instance)
                Task { await body() }
            }
        } onCancel: {
            Task { await self.wake(number, of: instance) }
        }
    }

    private func start(_ watcher: Watcher, _ number: Int, _ instance: InstanceID) {
        // Cancelled already: what `onCancel` does may have come before.
        if Task.isCancelled {
            watcher.continuation.resume()
        } else {
            watchers[instance, default: [:]][number] = watcher
        }
    }

    /// Wakes one watcher.
    func wake(_ number: Int, of instance: InstanceID) {
        watchers[instance]?.removeValue(forKey: number)?.continuation.resume()
        if watchers[instance]?.isEmpty == true { watchers[instance] = nil }
    }

    /// Wakes all watchers of an instance to which something has happened.
    ///
    /// - Parameter mayHaveEnded: Whether that may have been the end of a run; those are left alone otherwise who wait for it.
    func wakeAll(of instance: InstanceID, mayHaveEnded: Bool = true) {
        guard let all = watchers.removeValue(forKey: instance) else { return }
        let left = mayHaveEnded ? [:] : all.filter { $0.value.isForEnd }
        if !left.isEmpty { watchers[instance] = left }
        for (number, watcher) in all where left[number] == nil { watcher.continuation.resume() }
    }

    /// Wakes all watchers: they look again. For when notifications may have been missed.
    func wakeAll() {
        let all = watchers
        watchers = [:]
        for group in all.values { for watcher in group.values { watcher.continuation.resume() } }
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
