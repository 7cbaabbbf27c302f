internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension BackendConformance {
    static let identityChecks = [
        Check(
            "ids that are canonically equivalent and have different bytes are two instances, with a history each",
            histories),
        Check("such ids have a lease each, and are woken and waited for each by itself", leases),
    ]

    /// The same text composed and decomposed: `String` calls them equal.
    private static let twins: [InstanceID] = ["caf\u{E9}", "cafe\u{301}"]

    private static func histories(_ backend: any Backend) async throws {
        for (index, id) in twins.enumerated() {
            try await backend.append(SampleEvents.first(2 + index, of: id), lease: nil)
        }
        for (index, id) in twins.enumerated() {
            let events = SampleEvents.first(2 + index, of: id)
            let history = try await backend.history(of: id)
            try requireEqual(
                history.map(\.event), events, "the history of the instance with \(id.rawValue.utf8.count) bytes")
            try requireEqual(
                history.map(\.event.instance), events.map(\.instance), "the instances that its events name")
            let state = try await backend.state(of: id)
            try requireEqual(state, InstanceState(folding: events), "the state of it")
            try requireEqual(state?.id, id, "the id in its state")
        }
        try requireEqual(Set(try await backend.instances().map(\.id)), Set(twins), "the instances")
        try requireEqual(Set(try await backend.liveInstances().map(\.id)), Set(twins), "the live instances")
        let waiting = try await backend.waitingInstances(of: [SampleEvents.served]).map(\.id)
        try requireEqual(Set(waiting), Set(twins), "the waiting instances")
        // Names of signals and ids of deliveries are texts of the same kind.
        let id = twins[0]
        let payload = Payload(codec: "json", bytes: Array("1".utf8))
        let names = twins.map(\.rawValue)
        for (index, name) in names.enumerated() {
            let body = Event.Body.signalReceived(.init(signal: name, payload: payload, deduplicationID: name))
            try await backend.append([SampleEvents.event(of: id, UInt64(3 + index), body)], lease: nil)
        }
        let mailbox = try await backend.state(of: id)?.mailbox
        for (index, name) in names.enumerated() {
            try requireEqual(mailbox?.first(named: name)?.revision, UInt64(3 + index), "the signal of one name")
        }
        try requireEqual(try await backend.state(of: id)?.anomalies, [], "the anomalies")
    }

    private static func leases(_ backend: any Backend) async throws {
        var found: Set<InstanceID> = []
        let wakeUps = await backend.wakeUps()
        for id in twins { try await backend.append(SampleEvents.first(1, of: id), lease: nil) }
        for id in twins { await backend.announce(id) }
        for await id in wakeUps {
            found.insert(id)
            if found.count == twins.count { break }
        }
        try requireEqual(found, Set(twins), "the instances that listeners are told of")
        for (index, id) in twins.enumerated() {
            let lease = try await backend.acquireLease(on: id, by: "executor \(index)", takingOver: false)
            try requireEqual(lease.instance, id, "the instance of the lease")
            try await backend.append([SampleEvents.first(2, of: id)[1]], lease: lease)
        }
        // Each change wakes those who wait for its own instance.
        async let change: Void = backend.waitForChange(of: twins[1], after: 2)
        try await backend.append([SampleEvents.first(3, of: twins[1])[2]], lease: nil)
        await change
        try requireEqual(try await backend.state(of: twins[0])?.revision, 2, "the revision of the other instance")
    }
}
