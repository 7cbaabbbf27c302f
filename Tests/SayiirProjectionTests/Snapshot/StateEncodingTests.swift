import SayiirEvents
import Testing

@testable import SayiirProjection

@Suite("A state survives its encoding")
struct StateEncodingTests {
    @Test(
        "at every point of any history, and goes on as if it had never been encoded",
        arguments: 0..<2_000 as Range<UInt64>)
    func randomHistories(seed: UInt64) throws {
        var random = RandomEvents(seed: seed)
        var state = InstanceState("i")
        var restored = state
        for _ in 0..<40 {
            let event = random.next()
            state.apply(event)
            restored.apply(event)
            let bytes = restored.encoded
            restored = try InstanceState(decoding: bytes[...])
            try #require(restored == state)
            try #require(restored.hashValue == state.hashValue)
            try #require(restored.encoded == bytes)
        }
    }

    @Test("with every field set, and every case of every enumeration")
    func completeState() throws {
        var state = try InstanceState.complete()
        #expect(try InstanceState(decoding: state.encoded[...]) == state)
        state.lineage = .imported(Event.Imported(source: "store", head: [1, 2]))
        #expect(try InstanceState(decoding: state.encoded[...]) == state)
        for phase in InstancePhase.allCases {
            state.phase = phase
            #expect(try InstanceState(decoding: state.encoded[...]) == state)
        }
    }

    @Test("with nothing in it")
    func emptyState() throws {
        let state = InstanceState("")
        #expect(try InstanceState(decoding: state.encoded[...]) == state)
    }

    @Test("as part of a larger buffer")
    func encodingAppends() throws {
        let state = try InstanceState.complete()
        var bytes: [UInt8] = [1, 2, 3]
        state.encode(into: &bytes)
        #expect(bytes.prefix(3) == [1, 2, 3])
        #expect(try InstanceState(decoding: bytes[3...]) == state)
    }

    @Test("with the order in which its steps were opened")
    func orderOfOpening() throws {
        let state = try InstanceState.complete()
        let decoded = try InstanceState(decoding: state.encoded[...])
        #expect(decoded.steps.open.map(\.step) == state.steps.open.map(\.step))
        #expect(decoded.steps.open.map(\.step) != state.steps.filter { !$0.isCompleted }.map(\.step))
        for step in state.steps { #expect(decoded.steps[step.step] == step) }
    }

    @Test("with its signals in the order of their arrival, and the ids of those that were consumed")
    func mailbox() throws {
        var decoded = try InstanceState(decoding: InstanceState.complete().encoded[...])
        #expect(decoded.mailbox.entries.map(\.revision) == [2, 3, 4, 5, 6])
        #expect(decoded.mailbox.first(named: "s")?.revision == 2)
        #expect(decoded.mailbox.take("s", revision: 2)?.payload == .text("2"))
        #expect(decoded.mailbox.hasSeen(deduplicationID: "id 1"))
    }

    @Test("with equal bytes, however its sets were filled")
    func deterministicOrder() throws {
        var forward = InstanceState("i")
        var backward = forward
        let names = (0..<100).map { "branch \($0)" }
        let forked = StepState(step: a, kind: .task, status: .entered, startedAt: .second(1))
        forward.steps.insert(forked)
        backward.steps.insert(forked)
        forward.steps.update(a) { $0.kind = .fork(branches: names, finished: Set(names.map { ExactText($0) })) }
        backward.steps.update(a) { state in
            var finished = Set<ExactText>(minimumCapacity: 1_000)
            for name in names.reversed() { finished.insert(ExactText(name)) }
            state.kind = .fork(branches: names, finished: finished)
        }
        #expect(forward.encoded == backward.encoded)
    }

    @Test(
        "with sets in the order of their members' bytes, and read in every other order, as earlier versions have written them"
    )
    func storedOrder() throws {
        var state = InstanceState("i")
        state.steps.insert(StepState(step: a, kind: .task, status: .entered, startedAt: .second(1)))
        state.steps.update(a) { $0.kind = .fork(branches: [], finished: ["e\u{301}", "f", "\u{E9}", "a"]) }
        let bytes = state.encoded
        func stored(_ members: [String]) -> [UInt8] {
            [UInt8(members.count)] + members.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        }
        let sorted = stored(["a", "e\u{301}", "f", "\u{E9}"])
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: sorted) })
        #expect(try InstanceState(decoding: bytes[...]) == state)
        var other = bytes
        other.replaceSubrange(place..<place + sorted.count, with: stored(["a", "f", "e\u{301}", "\u{E9}"]))
        #expect(try InstanceState(decoding: other[...]) == state)
        other.replaceSubrange(place..<place + sorted.count, with: stored(["a", "\u{E9}", "f", "\u{E9}"]) + [])
        #expect(throws: StateDecodingError.self) { try InstanceState(decoding: other[...]) }
    }

    @Test("with far more steps and finished elements than have a short count")
    func largeState() throws {
        var state = InstanceState("i")
        for place in 0..<1_000 as Range<UInt32> {
            state.steps.insert(
                StepState(
                    step: Step("n", indices: [place]), kind: .map(count: 1_000, finished: Set(0..<place)),
                    status: place % 2 == 0 ? .completed : .entered, startedAt: .second(Int64(place))))
        }
        #expect(try InstanceState(decoding: state.encoded[...]) == state)
    }

    /// A size that is too large would refuse valid states.
    @Test("with no value smaller than its type says")
    func smallestSizes() {
        let nowhere = Step("")
        let step = StepState(step: nowhere, kind: .task, status: .ready, startedAt: .second(0))
        let payload = Payload(codec: "", bytes: [])
        expectSmallest(step)
        expectSmallest(nowhere)
        expectSmallest(payload)
        expectSmallest(SignalMailbox.Entry(revision: 0, signal: "", payload: payload, receivedAt: .second(0)))
        expectSmallest(Anomaly(revision: 0, problem: .beforeSubmission))
        expectSmallest(Failure(type: "", message: ""))
        expectSmallest(Timestamp.second(0))
        expectSmallest("")
        expectSmallest(0 as UInt32)
    }

    private func expectSmallest<Value: StateValue>(_ value: Value) {
        var writer = StateWriter()
        var bytes: [UInt8] = []
        writer.write(value)
        writer.exchangeOutput(with: &bytes)
        #expect(bytes.count == Value.smallestSize, "\(Value.self)")
    }
}
