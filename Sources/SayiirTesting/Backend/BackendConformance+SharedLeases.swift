internal import Sayiir
internal import SayiirEvents

extension BackendConformance {
    static let sharedLeaseChecks = [
        SharedCheck("a lease whose holder died ends: another gets the instance, and the old one is fenced off", expiry),
        SharedCheck("a lease is renewed for as long as its holder can reach the store", renewal),
        SharedCheck(
            "an append under a lease that has ended counts as long as nobody else took the instance", lateAppend),
        SharedCheck("who loses a lease is told, and whoever asks about a lost one is told at once", lossNotice),
        SharedCheck(
            "the holder of a lease is told of a change that another process made, and not of its own", changeNotice),
    ]

    private static func expiry(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        try await one.append([SampleEvents.submitted("a")], lease: nil)
        let old = try requireOne(try await one.claim(.sample("one")), "a")
        try await one.append([SampleEvents.event(of: "a", 2, SampleEvents.signal("s"))], lease: old)
        await store.cutOff(one)
        try await requireClaim([], two)
        let new = try await waitForClaim(of: "a", by: "two", two)
        try require(new.epoch > old.epoch, "epoch \(new.epoch) is not higher than \(old.epoch)")
        try await requireFenced([SampleEvents.event(of: "a", 3, SampleEvents.signal("late"))], old, two)
        try await two.append([SampleEvents.event(of: "a", 3, SampleEvents.signal("s"))], lease: new)
    }

    private static func renewal(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        try await one.append([SampleEvents.submitted("a")], lease: nil)
        let claimed = try requireOne(try await one.claim(.sample("one")), "a")
        let acquired = try await one.acquireLease(on: "b", by: "one", takingOver: false)
        try await one.append([SampleEvents.submitted("b")], lease: acquired)
        try await Task.sleep(for: store.leaseDuration * 3 / 2)
        try await requireClaim([], two)
        for lease in [claimed, acquired] {
            try await one.append([SampleEvents.event(of: lease.instance, 2, SampleEvents.signal("s"))], lease: lease)
            await one.release(lease)
        }
        try requireEqual(Set(try await two.claim(.sample("two")).map(\.instance)), ["a", "b"], "what was given back")
    }

    private static func lateAppend(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        try await one.append([SampleEvents.submitted("a")], lease: nil)
        let lease = try requireOne(try await one.claim(.sample("one")), "a")
        await store.cutOff(one)
        try await Task.sleep(for: store.leaseDuration * 3 / 2)
        try await two.append([SampleEvents.event(of: "a", 2, SampleEvents.signal("s"))], lease: lease)
        try requireEqual(try await two.state(of: "a")?.revision, 2, "the revision")
        // And it is still there to be taken.
        _ = try await waitForClaim(of: "a", by: "two", two)
    }

    private static func lossNotice(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        try await one.append([SampleEvents.submitted("a")], lease: nil)
        let old = try requireOne(try await one.claim(.sample("one")), "a")
        let notices = await one.notices(of: old)
        let new = try await two.acquireLease(on: "a", by: "two", takingOver: true)
        try requireEqual(await last(of: notices), .lost, "the last notice of a lease that another took over")
        try requireEqual(await last(of: one.notices(of: old)), .lost, "the notice of a lease that was lost before")
        let held = await two.notices(of: new)
        await two.release(new)
        try requireEqual(await last(of: held), nil, "the notices of a lease that its holder gave back")
    }

    private static func last(of notices: AsyncStream<LeaseNotice>) async -> LeaseNotice? {
        var last: LeaseNotice?
        for await notice in notices { last = notice }
        return last
    }

    private static func changeNotice(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        try await one.append([SampleEvents.submitted("a")], lease: nil)
        // The submission's own notification may still be under way.
        try await Task.sleep(for: .milliseconds(200))
        let lease = try requireOne(try await one.claim(.sample("one")), "a")
        let notices = await one.notices(of: lease)
        for revision: UInt64 in 2...5 {
            try await one.append([SampleEvents.event(of: "a", revision, SampleEvents.signal("own"))], lease: lease)
        }
        try await Task.sleep(for: store.leaseDuration / 2)
        await one.release(lease)
        try requireEqual(await last(of: notices), nil, "what the holder is told of its own appends")
        let again = try requireOne(try await one.claim(.sample("one")), "a")
        var changes = await one.notices(of: again).makeAsyncIterator()
        try await two.append([SampleEvents.event(of: "a", 6, .cancelRequested(.init()))], lease: nil)
        try requireEqual(await changes.next(), .changed, "what the holder is told of another's append")
    }
}
