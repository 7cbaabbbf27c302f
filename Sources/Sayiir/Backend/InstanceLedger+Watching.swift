import SayiirEvents

// Who waits for a change of an instance, and who wants to hear of all that others cause.
extension InstanceLedger {
    /// - Parameter untilEnd: Whether only the end of a run is of interest.
    func waitForChange(of instance: InstanceID, after revision: UInt64, untilEnd: Bool = false) async {
        let watcher = contents.withLock { contents -> Int? in
            guard contents.revision(of: instance) <= revision else { return nil }
            return contents.newNumber()
        }
        guard let watcher else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let entry = LedgerEntry.Watcher(continuation: continuation, isForEnd: untilEnd)
                startWatching(entry, as: watcher, instance, after: revision)
            }
        } onCancel: {
            stopWatching(watcher, instance)
        }
    }

    private func startWatching(
        _ watching: LedgerEntry.Watcher, as watcher: Int, _ instance: InstanceID, after revision: UInt64
    ) {
        let isKnown = contents.withLock { contents -> Bool? in
            let entry = self.entry(of: instance, in: &contents)
            // Cancelled already: what `onCancel` does may have come before. Or changed since it was looked at.
            guard !Task.isCancelled, entry.revision <= revision else {
                contents.drop(entry, of: instance)
                return nil
            }
            entry.watchers[watcher] = watching
            return entry.isKnown
        }
        switch isKnown {
        case nil: watching.continuation.resume()
        case true?: break
        // Looked at once the watcher is there, so that no change falls in between.
        case false?: Task { await wakeIfBehind(watcher, instance, revision) }
        }
    }

    /// Wakes a watcher of an instance that storage knows more of than the watcher does.
    private func wakeIfBehind(_ watcher: Int, _ instance: InstanceID, _ revision: UInt64) async {
        let history = try? await storage.history(of: instance, after: 0)
        // What cannot be read is for the watcher to find out.
        let isBehind = history.map { $0.last.map { $0.event.revision > revision } ?? false } ?? true
        if isBehind { stopWatching(watcher, instance) }
    }

    private func stopWatching(_ watcher: Int, _ instance: InstanceID) {
        let continuation = contents.withLock { contents -> CheckedContinuation<Void, Never>? in
            guard let entry = contents.entries[instance] else { return nil }
            let watching = entry.watchers.removeValue(forKey: watcher)
            contents.drop(entry, of: instance)
            return watching?.continuation
        }
        continuation?.resume()
    }

    func wakeUps() -> AsyncStream<InstanceID> {
        let (stream, continuation) = AsyncStream.makeStream(of: InstanceID.self)
        let listener = contents.withLock { contents in
            let listener = contents.newNumber()
            contents.listeners[listener] = continuation
            return listener
        }
        continuation.onTermination = { _ in self.contents.withLock { $0.listeners[listener] = nil } }
        return stream
    }

    func announce(_ instance: InstanceID) {
        let listeners = contents.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(instance) }
    }
}
