internal import Sayiir
internal import SayiirEvents

extension BackendConformance {
    static let claimChecks = [
        SharedCheck(
            "what is due is handed out to one executor only, however many ask at once, and none is forgotten", race),
        SharedCheck("PRI-01, PRI-04: the most urgent is handed out first, however few are asked for", urgency),
        SharedCheck("TAG-01: instances go to executors that offer all of their tags", tags),
        SharedCheck("what an instance needs at the moment is asked of an executor, too", needs),
        SharedCheck("WRK-08: instances of definitions that are not asked for are left alone", definitions),
        SharedCheck("CLM-07: what is leased, paused, ended or not submitted is not handed out", notDue),
    ]

    private static func race(_ store: SharedStore) async throws {
        let ids = Set((0..<60).map { InstanceID("i\($0)") })
        let backends = [try await store.open(), try await store.open()]
        for id in ids { try await backends[0].append([SampleEvents.submitted(id)], lease: nil) }
        let claimed = try await withThrowingTaskGroup(of: [Lease].self) { group in
            for number in 0..<10 {
                group.addTask {
                    var all: [Lease] = []
                    while true {
                        let leases = try await backends[number % 2].claim(.sample("e\(number)", limit: 3))
                        all += leases
                        if leases.isEmpty { return all }
                    }
                }
            }
            return try await group.reduce(into: [Lease]()) { $0 += $1 }
        }
        // Whoever finds all that is due in others' hands at the moment may get nothing.
        let rest = try await backends[1].claim(.sample("last", limit: 100))
        let all = (claimed + rest).map(\.instance)
        try requireEqual(all.count, Set(all).count, "how many instances were handed out, and how many different ones")
        try requireEqual(Set(all), ids, "which instances were handed out")
        for lease in claimed.prefix(5) {
            try await backends[0].append(
                [SampleEvents.event(of: lease.instance, 2, SampleEvents.signal("s"))], lease: lease)
        }
    }

    private static func urgency(_ store: SharedStore) async throws {
        let backend = try await store.open()
        for (id, priority) in [("low", 4), ("normal", 3), ("critical", 1), ("minimal", 5), ("high", 2)] {
            let event = SampleEvents.submitted(InstanceID(id), priority: UInt32(priority))
            try await backend.append([event], lease: nil)
        }
        try await requireClaim(["critical"], limit: 1, backend)
        try await requireClaim(["high", "normal"], limit: 2, backend)
        try await requireClaim([], limit: 0, backend)
        try await requireClaim(["low", "minimal"], limit: 10, backend)
    }

    private static func tags(_ store: SharedStore) async throws {
        let backend = try await store.open()
        let all: [(InstanceID, [String])] = [
            ("plain", []), ("gpu", ["gpu"]), ("both", ["gpu", "cuda"]), ("odd", ["a,b"]),
        ]
        for (id, tags) in all { try await backend.append([SampleEvents.submitted(id, tags: tags)], lease: nil) }
        try await requireClaim(["plain"], tags: [], backend)
        try await requireClaim([], tags: ["cpu", "cuda", "a", "b"], backend)
        try await requireClaim(["gpu"], tags: ["gpu"], backend)
        try await requireClaim(["both"], tags: ["cuda", "cpu", "gpu"], backend)
        // Who says nothing takes everything.
        try await requireClaim(["odd"], tags: nil, backend)
    }

    private static func needs(_ store: SharedStore) async throws {
        let backend = try await store.open()
        try await backend.append([SampleEvents.submitted("a")], lease: nil)
        let lease = try requireOne(try await backend.claim(.sample("one", tags: ["cpu"])), "a")
        await backend.release(lease, leaving: InstanceRest(revision: 1, due: nil, tags: ["gpu", "cuda"]))
        try await requireClaim([], tags: ["cpu"], backend)
        try await requireClaim([], tags: ["gpu"], backend)
        let other = try requireOne(try await backend.claim(.sample("two", tags: ["cuda", "gpu"])), "a")
        // Once it needs nothing more, it goes to anybody.
        await backend.release(other, leaving: InstanceRest(revision: 1, due: try now(backend)))
        try await requireClaim(["a"], tags: [], backend)
    }

    private static func definitions(_ store: SharedStore) async throws {
        let backend = try await store.open()
        let other = DefinitionHash(bytes: [UInt8](repeating: 2, count: 32))
        try await backend.append([SampleEvents.submitted("foreign", definition: other)], lease: nil)
        try await backend.append([SampleEvents.submitted("own")], lease: nil)
        try requireEqual(
            try await backend.claim(.sample("e", definitions: [])), [], "what is claimed for no definition")
        try await requireClaim(["own"], backend)
        try await requireClaim([], backend)
        let claim = WorkClaim.sample("e", definitions: [SampleEvents.definition, other])
        try requireEqual(try await backend.claim(claim).map(\.instance), ["foreign"], "what is claimed for both")
    }

    private static func notDue(_ store: SharedStore) async throws {
        let (one, two) = (try await store.open(), try await store.open())
        let failure = Failure(type: "E", message: "m")
        let ends: [(InstanceID, [Event.Body])] = [
            ("paused", [.pauseRequested(.init()), .paused(.init())]),
            ("cancelled", [.cancelRequested(.init()), .cancelled(.init())]),
            ("failed", [.failed(.init(step: nil, failure: failure))]), ("completed", [.completed(.init())]),
        ]
        for (id, bodies) in ends {
            try await one.append([SampleEvents.submitted(id)], lease: nil)
            for (index, body) in bodies.enumerated() {
                try await one.append([SampleEvents.event(of: id, UInt64(index + 2), body)], lease: nil)
            }
        }
        try await one.append([SampleEvents.event(of: "unsubmitted", 1, SampleEvents.signal("s"))], lease: nil)
        try await one.append([SampleEvents.submitted("leased")], lease: nil)
        let lease = try await one.acquireLease(on: "leased", by: "one", takingOver: false)
        try await requireClaim([], two)
        try await one.append([SampleEvents.event(of: "leased", 2, SampleEvents.signal("s"))], lease: lease)
        try await one.append([SampleEvents.event(of: "leased", 3, SampleEvents.signal("s"))], lease: nil)
        try await requireClaim([], two)
        // What ends under a lease, and what is given back without a word then.
        try await one.append([SampleEvents.event(of: "leased", 4, .completed(.init()))], lease: lease)
        await one.release(lease)
        try await requireClaim([], two)
        try await one.append([SampleEvents.event(of: "paused", 4, .unpaused(.init()))], lease: nil)
        try await requireClaim(["paused"], two)
    }

    // MARK: Helpers

    /// Throws unless exactly these are handed out, in this order.
    static func requireClaim(
        _ expected: [InstanceID], limit: Int = 10, tags: [String]? = nil, _ backend: any SharedBackend
    ) async throws {
        let leases = try await backend.claim(.sample("claimer", limit: limit, tags: tags))
        let offer = tags.map { " by who offers \($0)" } ?? ""
        try requireEqual(leases.map(\.instance), expected, "what is handed out\(offer)")
    }

    /// The one lease that was handed out, which is on the given instance.
    static func requireOne(_ leases: [Lease], _ instance: InstanceID) throws -> Lease {
        guard let lease = leases.first, leases.count == 1, lease.instance == instance else {
            throw BackendDeviation("what is handed out: expected '\(instance)', found \(leases.map(\.instance))")
        }
        return lease
    }

    /// Asks until an instance is handed out.
    static func waitForClaim(of instance: InstanceID, by executor: String, _ backend: any SharedBackend) async throws
        -> Lease
    {
        while true {
            let leases = try await backend.claim(.sample(executor))
            if !leases.isEmpty { return try requireOne(leases, instance) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The time on the store's clock.
    static func now(_ backend: any SharedBackend) throws -> Timestamp {
        guard let clock = backend.clock else { throw BackendDeviation("a backend that processes share has no clock") }
        return clock.now
    }
}

extension WorkClaim {
    /// A claim for instances of the sample's definition.
    static func sample(
        _ executor: String, limit: Int = 10, tags: [String]? = nil,
        definitions: [DefinitionHash] = [SampleEvents.definition]
    ) -> WorkClaim {
        WorkClaim(
            executor: executor, limit: limit,
            workflows: definitions.map { ServedWorkflow(name: SampleEvents.workflow, definition: $0) }, tags: tags)
    }
}
