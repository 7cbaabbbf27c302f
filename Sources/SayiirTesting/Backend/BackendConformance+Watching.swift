internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension BackendConformance {
    static let watchingChecks = [
        Check("who waits for a change is woken by it, or at once if it has come already", waiting),
        Check("who is cancelled waits no longer, whether that comes before the wait or during it", cancelledWait),
        Check("who waits for the end of a run has its state then, or at once if it is over or not there", end),
        Check("wake-ups name every instance that was changed without a lease, to all who listen", changesByClients),
        Check("wake-ups name every instance that was announced", announcements),
        Check("wake-ups name no instance for a change that was made under its lease", changesUnderLease),
    ]

    private static func waiting(_ backend: any Backend) async throws {
        let events = SampleEvents.first(3, of: "a")
        let woken = Task { await waitForRevision(1, of: "a", backend) }
        try await backend.append([events[0]], lease: nil)
        await woken.value
        // These came before anybody waited.
        await backend.waitForChange(of: "a", after: 0)
        try await backend.append([events[1]], lease: nil)
        for revision: UInt64 in 0...1 { await backend.waitForChange(of: "a", after: revision) }
        let lease = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        let many = Task {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { await waitForRevision(3, of: "a", backend) } }
            }
        }
        try await backend.append([events[2]], lease: lease)
        await many.value
    }

    /// Looks again as often as a wait ends early.
    private static func waitForRevision(_ revision: UInt64, of instance: InstanceID, _ backend: any Backend) async {
        while ((try? await backend.state(of: instance))?.revision ?? 0) < revision {
            await backend.waitForChange(of: instance, after: revision - 1)
        }
    }

    private static func cancelledWait(_ backend: any Backend) async throws {
        try await backend.append(SampleEvents.first(1, of: "a"), lease: nil)
        let during = Task { await backend.waitForChange(of: "b", after: 0) }
        try await Task.sleep(for: .milliseconds(5))
        during.cancel()
        await during.value
        let before = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await backend.waitForChange(of: "a", after: 1)
        }
        await before.value
    }

    private static func end(_ backend: any Backend) async throws {
        try require(try await backend.stateAtEnd(of: "a") == nil, "an instance without events has a state")
        let events = SampleEvents.first(3, of: "a") + [SampleEvents.event(of: "a", 4, .completed(.init(result: nil)))]
        try await backend.append([events[0]], lease: nil)
        let ended = Task { try await backend.stateAtEnd(of: "a") }
        let lease = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        for event in events.dropFirst() { try await backend.append([event], lease: lease) }
        await backend.release(lease, leaving: InstanceRest(revision: 4, due: nil))
        let whole = InstanceState(folding: events)
        try require(try await ended.value == whole, "who waited for the end has another state")
        try require(try await backend.stateAtEnd(of: "a") == whole, "who asks after the end has another state")
        try await backend.append(SampleEvents.first(2, of: "b"), lease: nil)
        let cancelled = Task { try await backend.stateAtEnd(of: "b") }
        try await Task.sleep(for: .milliseconds(5))
        cancelled.cancel()
        try require(try await cancelled.value?.revision == 2, "who waits no longer has another state")
    }

    private static func changesByClients(_ backend: any Backend) async throws {
        let ids = (0..<50).map { InstanceID("i\($0)") }
        let (one, two) = (await backend.wakeUps(), await backend.wakeUps())
        for id in ids { try await backend.append(SampleEvents.first(1, of: id), lease: nil) }
        for listener in [one, two] {
            var missing = Set(ids)
            for await id in listener {
                missing.remove(id)
                if missing.isEmpty { break }
            }
        }
        // The others had one change each; a second change of the same instance is named as well.
        let again = await backend.wakeUps()
        try await backend.append([SampleEvents.first(2, of: ids[7])[1]], lease: nil)
        _ = await again.first { $0 == ids[7] }
    }

    private static func announcements(_ backend: any Backend) async throws {
        try await backend.append(SampleEvents.first(1, of: "a"), lease: nil)
        let wakeUps = await backend.wakeUps()
        for id in ["a", "b", "a"] as [InstanceID] { await backend.announce(id) }
        var missing: Set<InstanceID> = ["a", "b"]
        for await id in wakeUps {
            missing.remove(id)
            if missing.isEmpty { break }
        }
    }

    private static func changesUnderLease(_ backend: any Backend) async throws {
        let lease = try await backend.acquireLease(on: "quiet", by: "one", takingOver: false)
        let wakeUps = await backend.wakeUps()
        for event in SampleEvents.first(8, of: "quiet") { try await backend.append([event], lease: lease) }
        await backend.announce("end")
        for await id in wakeUps {
            try require(id != "quiet", "the instance is named though only who runs it changed it")
            if id == "end" { break }
        }
    }
}
