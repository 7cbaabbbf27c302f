internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension BackendConformance {
    static let concurrencyChecks = [
        Check("of many appends that continue the same revision exactly one wins", race),
        Check("of many who want a lease at once exactly one gets it", leaseRace),
        Check("many writers of many instances lose nothing and leave no gap", manyWriters),
        Check("executors that take over from each other amid appends leave one valid history", rivals),
    ]

    private static func race(_ backend: any Backend) async throws {
        try await backend.append(SampleEvents.first(1, of: "a"), lease: nil)
        let winners = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let event = SampleEvents.event(of: "a", 2, reason: "\(number)", .cancelRequested(.init()))
                    do {
                        try await backend.append([event], lease: nil)
                        return "\(number)"
                    } catch BackendError.conflict { return nil }
                }
            }
            return try await group.compactMap { $0 }.reduce(into: [String]()) { $0.append($1) }
        }
        try requireEqual(winners.count, 1, "how many appends of the same revision were acknowledged")
        let reasons = try await backend.history(of: "a").dropFirst().map(\.event.reason)
        try requireEqual(reasons, winners, "what is in the history, and what was acknowledged")
    }

    private static func leaseRace(_ backend: any Backend) async throws {
        let leases = try await withThrowingTaskGroup(of: Lease?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        return try await backend.acquireLease(on: "a", by: "\(number)", takingOver: false)
                    } catch BackendError.leaseHeld { return nil }
                }
            }
            return try await group.compactMap { $0 }.reduce(into: [Lease]()) { $0.append($1) }
        }
        try requireEqual(leases.count, 1, "how many got the lease")
    }

    private static func manyWriters(_ backend: any Backend) async throws {
        let ids = (0..<20).map { InstanceID("i\($0)") }
        let (writers, appends) = (6, 5)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in ids {
                for writer in 0..<writers {
                    group.addTask {
                        for number in 0..<appends { try await write("\(writer)/\(number)", to: id, backend) }
                    }
                }
            }
            try await group.waitForAll()
        }
        var sequences: Set<UInt64> = []
        let expected = (0..<writers).flatMap { writer in (0..<appends).map { "\(writer)/\($0)" } }
        for id in ids {
            let history = try await backend.history(of: id)
            let events = history.map(\.event)
            try requireEqual(events.map(\.revision), Array(1...UInt64(expected.count)), "the revisions of '\(id)'")
            try requireEqual(events.compactMap(\.reason).sorted(), expected, "what was written to '\(id)'")
            try requireEqual(try await backend.state(of: id), InstanceState(folding: events), "the state of '\(id)'")
            try require(history.isAscending, "the sequences of '\(id)' do not ascend: \(history.map(\.sequence))")
            sequences.formUnion(history.map(\.sequence))
        }
        try requireEqual(sequences.count, ids.count * expected.count, "how many different sequences there are")
        try requireEqual(Set(try await backend.instances().map(\.id)), Set(ids), "the instances")
    }

    /// Appends one event, however often others come first.
    private static func write(_ text: String, to id: InstanceID, _ backend: any Backend) async throws {
        var isWritten = false
        while !isWritten {
            let revision = try await backend.state(of: id)?.revision ?? 0
            let event = SampleEvents.event(of: id, revision + 1, reason: text, SampleEvents.signal("s"))
            do throws(BackendError) {
                try await backend.append([event], lease: nil)
                isWritten = true
            } catch {
                guard case .conflict = error else { throw error }
            }
        }
    }

    // MARK: Rivals

    private static func rivals(_ backend: any Backend) async throws {
        try await backend.append(SampleEvents.first(1, of: "a"), lease: nil)
        let acknowledged = try await withThrowingTaskGroup(of: [String].self) { group in
            for name in ["one", "two"] {
                group.addTask {
                    var acknowledged: [String] = []
                    for _ in 0..<40 { acknowledged += try await stint(of: name, backend) }
                    return acknowledged
                }
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        let history = try await backend.history(of: "a").map(\.event)
        let written = history.compactMap { event -> String? in
            if case .taskStarted(let started) = event.body { "\(started.step.node)" } else { nil }
        }
        try requireEqual(written.sorted(), acknowledged.sorted(), "what is in the history, and what was acknowledged")
        let state = InstanceState(folding: history)
        try requireEqual(state?.anomalies, [], "what makes no sense in the history")
        try requireEqual(try await backend.state(of: "a"), state, "the state")
        // Every node is named after the epoch in which it was written.
        let epochs = written.compactMap { UInt64($0.prefix { $0 != "-" }) }
        try require(
            zip(epochs, epochs.dropFirst()).allSatisfy { $0 <= $1 },
            "somebody wrote after another had taken over and written: the epochs are \(epochs)")
    }

    /// Takes the instance over, and goes on with it for 5 appends or until the other takes it over.
    ///
    /// - Returns: What was acknowledged.
    private static func stint(of name: String, _ backend: any Backend) async throws -> [String] {
        let lease = try await backend.acquireLease(on: "a", by: name, takingOver: true)
        var acknowledged: [String] = []
        while acknowledged.count < 5 {
            let revision = try await backend.state(of: "a")?.revision ?? 0
            let text = "\(lease.epoch)-\(name)-\(acknowledged.count)"
            let step = Step(NodeID(text))
            let events = [
                SampleEvents.event(of: "a", revision + 1, .taskStarted(.init(step: step, attempt: 1, executor: name))),
                SampleEvents.event(
                    of: "a", revision + 2,
                    .taskCheckpointed(
                        .init(step: step, attempt: 1, output: Payload(codec: "json", bytes: Array("1".utf8))))),
            ]
            do throws(BackendError) {
                try await backend.append(events, lease: lease)
                acknowledged.append(text)
            } catch {
                switch error {
                // What the other was appending when it lost the lease came first.
                case .conflict: continue
                case .fenced: return acknowledged
                default: throw error
                }
            }
        }
        return acknowledged
    }
}
