internal import Sayiir
internal import SayiirEvents

extension BackendConformance {
    static let restChecks = [
        SharedCheck("CLM-07, CLM-08: what is due later is handed out then, and not before", later),
        SharedCheck("what waits for something from outside is handed out once that has come", outside),
        SharedCheck("a change that the executor did not see leaves the instance due: no wake-up is lost", unseenChange),
        SharedCheck("an instance that is given back without a word is due", wordless),
        SharedCheck("who gives an instance back says how urgent it is from then on", urgencyOfRest),
    ]

    private static func later(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        let due = try await leave("a", one) { InstanceRest(revision: 1, due: try now(one) + .milliseconds(700)) }
        try await requireClaim([], two)
        let lease = try await waitForClaim(of: "a", by: "two", two)
        let end = try now(two)
        // The two look at the store's clock at different times.
        if let due, end < due + .milliseconds(-100) {
            throw BackendDeviation("it was handed out at \(end), due at \(due)")
        }
        await two.release(lease, leaving: InstanceRest(revision: 1, due: try now(two) + .seconds(3600)))
        try await requireClaim([], one)
    }

    private static func outside(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        for (id, due) in [("never", nil), ("later", Duration.seconds(3600))] as [(InstanceID, Duration?)] {
            try await leave(id, one) { InstanceRest(revision: 1, due: try due.map { try now(one) + $0 }) }
            try await requireClaim([], two)
            try await two.append([SampleEvents.event(of: id, 2, SampleEvents.signal("s"))], lease: nil)
            try await requireClaim([id], two)
        }
    }

    private static func unseenChange(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        for (id, due) in [("never", nil), ("later", Duration.seconds(3600))] as [(InstanceID, Duration?)] {
            try await leave(id, one) {
                try await two.append([SampleEvents.event(of: id, 2, SampleEvents.signal("s"))], lease: nil)
                return InstanceRest(revision: 1, due: try due.map { try now(one) + $0 })
            }
            try await requireClaim([id], two)
        }
        // It says that it saw that change: nothing is due.
        try await leave("seen", one) {
            try await two.append([SampleEvents.event(of: "seen", 2, SampleEvents.signal("s"))], lease: nil)
            return InstanceRest(revision: 2, due: nil)
        }
        try await requireClaim([], two)
    }

    private static func wordless(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        try await leave("claimed", one) { nil }
        try await requireClaim(["claimed"], two)
        // Also if it was begun by hand, under a lease on an instance that did not exist.
        let lease = try await one.acquireLease(on: "begun", by: "one", takingOver: false)
        try await one.append([SampleEvents.submitted("begun")], lease: lease)
        await one.release(lease)
        try await requireClaim(["begun"], two)
    }

    private static func urgencyOfRest(_ store: SharedStore) async throws {
        let backend = try await store.open()
        try await leave("first", backend) { InstanceRest(revision: 1, due: try now(backend), priority: 5) }
        // Due later, by less than a level of priority makes up for.
        try await backend.append([SampleEvents.submitted("second", priority: 4)], lease: nil)
        try await leave("third", backend, alone: false) {
            InstanceRest(revision: 1, due: try now(backend), priority: 1)
        }
        try await requireClaim(["third", "second", "first"], backend)
    }

    /// Submits an instance, claims it, and gives it back as `body` says.
    ///
    /// - Returns: When it is due.
    @discardableResult
    private static func leave(
        _ id: InstanceID, _ backend: any SharedBackend, alone: Bool = true,
        _ body: () async throws -> InstanceRest?
    ) async throws -> Timestamp? {
        try await backend.append([SampleEvents.submitted(id, priority: alone ? 3 : 1)], lease: nil)
        let lease = try requireOne(try await backend.claim(.sample("leaver", limit: 1)), id)
        let rest = try await body()
        await backend.release(lease, leaving: rest)
        return rest?.due
    }
}
