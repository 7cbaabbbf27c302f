internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension BackendConformance {
    static let sharedStoreChecks = [
        SharedCheck("what one process appended every other one sees at once", visibility),
        SharedCheck(
            "who waits for a change is woken by one that another process made, with or without a lease", foreignChange),
        SharedCheck("wake-ups name what other processes submitted, changed or announced", foreignWakeUps),
        SharedCheck("all who share a store have the same clock, which goes on steadily", clocks),
        SharedCheck("a lease on an instance without events leaves nothing behind", blankLease),
    ]

    private static func visibility(_ store: SharedStore) async throws {
        let backends = [try await store.open(), try await store.open()]
        let events = SampleEvents.first(10, of: "a")
        for (index, event) in events.enumerated() {
            try await backends[index % 2].append([event], lease: nil)
            let expected = Array(events[...index])
            for backend in backends {
                try requireEqual(try await backend.state(of: "a"), InstanceState(folding: expected), "the state")
                try requireEqual(try await backend.history(of: "a").map(\.event), expected, "the history")
            }
        }
        try requireEqual(try await backends[1].instances().map(\.id), ["a"], "the instances")
    }

    private static func foreignChange(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        let lease = try await one.acquireLease(on: "a", by: "one", takingOver: false)
        let events = SampleEvents.first(6, of: "a")
        for event in events {
            let waiting = Task {
                while ((try? await two.state(of: "a"))?.revision ?? 0) < event.revision {
                    await two.waitForChange(of: "a", after: event.revision - 1)
                }
            }
            try await Task.sleep(for: .milliseconds(10))
            try await one.append([event], lease: event.revision.isMultiple(of: 2) ? lease : nil)
            await waiting.value
        }
    }

    private static func foreignWakeUps(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        let wakeUps = await two.wakeUps()
        var names = wakeUps.makeAsyncIterator()
        try await one.append([SampleEvents.submitted("a")], lease: nil)
        while let name = await names.next(), name != "a" {}
        try await one.append([SampleEvents.event(of: "b", 1, SampleEvents.signal("s"))], lease: nil)
        while let name = await names.next(), name != "b" {}
        await one.announce("c")
        while let name = await names.next(), name != "c" {}
    }

    private static func clocks(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        for _ in 0..<5 {
            let before = try now(one)
            let between = try now(two)
            let after = try now(one)
            try require(
                between >= before + (.zero - tolerance) && between <= after + tolerance,
                "at \(before) to \(after) by one backend's clock it was \(between) by the other's")
            let start = ContinuousClock.now
            try await Task.sleep(for: .milliseconds(20))
            let elapsed = ContinuousClock.now - start
            let end = try now(one)
            try require(
                end >= after + (elapsed - tolerance) && end <= after + (elapsed + tolerance),
                "within \(elapsed) the clock went from \(after) to \(end)")
        }
    }

    /// By how much clocks may differ, on a machine that has other things to do.
    private static let tolerance = Duration.milliseconds(50)

    private static func blankLease(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        let lease = try await one.acquireLease(on: "a", by: "one", takingOver: false)
        try await requireClaim([], two)
        // A client may submit it all the same, and it is not handed out to others while somebody has the lease.
        try await two.append([SampleEvents.submitted("a")], lease: nil)
        try await requireClaim([], two)
        await one.release(lease)
        try await requireClaim(["a"], two)
        let other = try await one.acquireLease(on: "b", by: "one", takingOver: false)
        await one.release(other)
        try await requireClaim([], two)
        try requireEqual(try await two.instances().map(\.id), ["a"], "the instances")
    }
}
