import SayiirEvents

// Who waits for a change of an instance, and who wants to hear of all that others cause.
extension InstanceLedger {
    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        let watcher = contents.withLock { contents -> Int? in
            guard contents.revision(of: instance) <= revision else { return nil }
            return contents.newNumber()
        }
        if let watcher { _ = await watch(instance, as: watcher, after: revision, untilEnd: false) }
    }

    func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? {
        // Who has just submitted need not ask first what became of it: the answer would have to be read, since somebody runs it already.
        let (isUnderWay, final) = contents.withLock { contents -> (Bool, InstanceState?) in
            guard contents.entries[instance]?.isUnderWay == true else { return (false, nil) }
            let state = contents.entries[instance]?.live?.state
            return (true, state.flatMap { isFinal($0) ? $0 : nil })
        }
        if let final { return final }
        if isUnderWay, let state = await waitForEnd(of: instance, after: 0) { return state }
        while true {
            let state = try await state(of: instance)
            guard let state, state.phase.isUnderWay, !isFinal(state), !Task.isCancelled else { return state }
            if let ended = await waitForEnd(of: instance, after: state.revision) { return ended }
        }
    }

    /// Returns once a run has ended, or may have, since the given revision.
    ///
    /// - Returns: The state with which it ended, if that is at hand.
    private func waitForEnd(of instance: InstanceID, after revision: UInt64) async -> InstanceState? {
        let watcher = contents.withLock { $0.newNumber() }
        return await watch(instance, as: watcher, after: revision, untilEnd: true)
    }

    private func watch(
        _ instance: InstanceID, as watcher: Int, after revision: UInt64, untilEnd: Bool
    ) async -> InstanceState? {
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
            load(instance, in: &contents)
            // Cancelled already: what `onCancel` does may have come before. Or changed since it was looked at.
            guard !Task.isCancelled, contents[instance].add(watching, as: watcher, after: revision) else {
                contents.drop(instance)
                return nil
            }
            return contents[instance].isKnown
        }
        switch isKnown {
        case nil: watching.continuation.resume(returning: nil)
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
        let watching = contents.withLock { contents -> LedgerEntry.Watcher? in
            guard contents.isLoaded(instance) else { return nil }
            let watching = contents[instance].removeWatcher(watcher)
            contents.drop(instance)
            return watching
        }
        watching?.continuation.resume(returning: nil)
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
