internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension BackendConformance {
    static let appendChecks = [
        Check("events come back as they were appended, in order, with ascending sequences", comeBack),
        Check("what does not exist has no state and no history", unknown),
        Check("an append that does not continue the instance is a conflict and changes nothing", conflict),
        Check("an append that repeats a revision is a conflict, even if it repeats the very same events", repetition),
        Check("events of several instances, or with a gap, are refused as a whole", malformed),
        Check("an append of no events does nothing", empty),
    ]

    static let historyChecks = [
        Check("a history after a sequence is what stands behind it, from each sequence on", suffixes),
        Check("an ended instance keeps its history and state, and can be written to again", ended),
    ]

    private static func comeBack(_ backend: any Backend) async throws {
        let events = SampleEvents.first(5, of: "a")
        let others = SampleEvents.first(3, of: "b")
        try await backend.append(Array(events[..<2]), lease: nil)
        try await backend.append(others, lease: nil)
        try await backend.append(Array(events[2...]), lease: nil)
        let history = try await backend.history(of: "a")
        try requireEqual(history.map(\.event), events, "the history of 'a'")
        let all = history[..<2] + (try await backend.history(of: "b")) + history[2...]
        try requireEqual(all.map(\.event), events[..<2] + others + events[2...], "the histories of 'a' and 'b'")
        try require(all.isAscending, "the sequences do not ascend: \(all.map(\.sequence))")
        try require(all.first.map { $0.sequence > 0 } == true, "the first sequence is 0, which stands for no event")
        try requireEqual(
            try await backend.state(of: "a"), InstanceState(folding: events), "the state of 'a'")
        try requireEqual(Set(try await backend.instances().map(\.id)), ["a", "b"], "the instances")
    }

    private static func unknown(_ backend: any Backend) async throws {
        try requireEqual(try await backend.state(of: "nobody"), nil, "the state of an instance that does not exist")
        try requireEqual(try await backend.history(of: "nobody"), [], "the history of an instance that does not exist")
        try requireEqual(try await backend.instances(), [], "the instances of a fresh backend")
    }

    private static func conflict(_ backend: any Backend) async throws {
        let events = SampleEvents.first(5, of: "a")
        try await backend.append(Array(events[..<2]), lease: nil)
        try await requireConflict(Array(events[3...]), expecting: 3, backend)
        try await requireConflict([events[4]], expecting: 3, backend)
        try requireEqual(try await backend.history(of: "a").map(\.event), Array(events[..<2]), "the history")
        try requireEqual(try await backend.state(of: "a")?.revision, 2, "the revision")
        try await requireConflict([SampleEvents.first(2, of: "b")[1]], expecting: 1, backend)
        try requireEqual(try await backend.instances().map(\.id), ["a"], "the instances")
    }

    private static func repetition(_ backend: any Backend) async throws {
        let events = SampleEvents.first(3, of: "a")
        try await backend.append(events, lease: nil)
        for count in 1...3 { try await requireConflict(Array(events[..<count]), expecting: 4, backend) }
        let other = SampleEvents.event(of: "a", 3, SampleEvents.signal("other"))
        try await requireConflict([other], expecting: 4, backend)
        try requireEqual(try await backend.history(of: "a").map(\.event), events, "the history")
    }

    private static func malformed(_ backend: any Backend) async throws {
        let (a, b) = (SampleEvents.first(3, of: "a"), SampleEvents.first(1, of: "b"))
        for (what, wrong) in [
            ("an append of two instances", [a[0], b[0]]), ("an append with a gap", [a[0], a[2]]),
            ("an append with a repetition", [a[0], a[0]]),
        ] {
            try await requireError(what) {
                try await backend.append(wrong, lease: nil)
            } where: {
                if case .malformedAppend = $0 { true } else { false }
            }
        }
        try requireEqual(try await backend.instances(), [], "the instances")
    }

    private static func empty(_ backend: any Backend) async throws {
        try await backend.append([], lease: nil)
        try requireEqual(try await backend.instances(), [], "the instances")
    }

    private static func suffixes(_ backend: any Backend) async throws {
        let events = SampleEvents.first(9, of: "a")
        for (index, event) in events.enumerated() {
            try await backend.append([event], lease: nil)
            let other = SampleEvents.event(of: "b", UInt64(index + 1), SampleEvents.signal("\(index)"))
            try await backend.append([other], lease: nil)
        }
        let all = try await backend.history(of: "a", after: 0)
        try requireEqual(all.map(\.event), events, "the history after 0")
        guard let last = all.last?.sequence else { return }
        for sequence in 1...(last + 2) {
            let expected = all.filter { $0.sequence > sequence }
            let found = try await backend.history(of: "a", after: sequence)
            try requireEqual(found, expected, "the history after \(sequence)")
        }
        try requireEqual(try await backend.history(of: "a", after: .max), [], "the history after the highest number")
    }

    private static func ended(_ backend: any Backend) async throws {
        var events = SampleEvents.first(1, of: "a")
        let failure = Failure(type: "E", message: "m")
        events.append(SampleEvents.event(of: "a", 2, .failed(.init(step: nil, failure: failure))))
        try await backend.append(events, lease: nil)
        try requireEqual(try await backend.history(of: "a").map(\.event), events, "the history once it has ended")
        try requireEqual(
            try await backend.state(of: "a"), InstanceState(folding: events), "the state once it has ended")
        try requireEqual(try await backend.instances().map(\.phase), [.failed], "the phases once it has ended")
        events.append(SampleEvents.event(of: "a", 3, .superseded(.init())))
        try await backend.append([events[2]], lease: nil)
        try requireEqual(
            try await backend.state(of: "a"), InstanceState(folding: events), "the state once it was written to again")
        try requireEqual(try await backend.instances().map(\.phase), [.superseded], "the phases at last")
    }

    private static func requireConflict(
        _ events: [Event], expecting revision: UInt64, _ backend: any Backend
    ) async throws {
        guard let first = events.first else { return }
        try await requireError("an append of revision \(first.revision) where \(revision) comes next") {
            try await backend.append(events, lease: nil)
        } where: {
            guard case .conflict(let instance, let expected, let found) = $0 else { return false }
            return instance == first.instance && expected == revision && found == first.revision
        }
    }
}

extension Sequence<RecordedEvent> {
    /// Whether each sequence is higher than the one before.
    var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0.sequence < $1.sequence } }
}
