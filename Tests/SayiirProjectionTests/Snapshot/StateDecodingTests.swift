import SayiirEvents
import Testing

@testable import SayiirProjection

@Suite("Decoding of damaged states")
struct StateDecodingTests {
    @Test("a state cut at any byte is refused")
    func truncation() throws {
        for bytes in try samples() {
            for count in bytes.indices {
                #expect(throws: StateDecodingError.self) { try InstanceState(decoding: bytes[..<count]) }
            }
        }
    }

    @Test("no flipped bit traps, and what decodes can be used and encoded again")
    func bitFlips() throws {
        for var bytes in try samples() {
            for index in bytes.indices {
                for bit in 0..<8 {
                    bytes[index] ^= 1 << bit
                    try use(bytes)
                    bytes[index] ^= 1 << bit
                }
            }
        }
    }

    @Test("no random damage traps, and what decodes can be used and encoded again")
    func randomDamage() throws {
        var random = SplitMix64(state: 20_260_401)
        let seeds = try samples()
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(.random(in: 0...255, using: &random), at: place)
                case 1: bytes.remove(at: place)
                case 2: bytes[place] = [0x00, 0x01, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                default: bytes[place] = .random(in: 0...255, using: &random)
                }
            }
            try use(bytes)
            try use((0..<round % 50).map { _ in .random(in: 0...255, using: &random) })
        }
    }

    @Test("bytes after the state are refused")
    func trailingBytes() throws {
        let bytes = try InstanceState.complete().encoded
        #expect(throws: StateDecodingError(.trailingBytes, at: bytes.count)) {
            try InstanceState(decoding: (bytes + [0])[...])
        }
    }

    /// Any value within the encoding may be read as a length; those of the collections also say how much to allocate.
    @Test("a count or length beyond what is left is refused wherever it stands", arguments: [8, 9, 10])
    func hostileLengths(size: Int) throws {
        let huge = [UInt8](repeating: 0xFF, count: size - 1) + [size == 10 ? 0x01 : 0x7F]
        let bytes = InstanceState("i").encoded
        for index in bytes.indices {
            try use(bytes[..<index] + huge + bytes[index...])
            try use(bytes[..<index] + huge + [UInt8](repeating: 0, count: 1_000))
        }
        #expect(throws: StateDecodingError(.lengthPastEnd, at: 0)) {
            try InstanceState(decoding: (huge + bytes)[...])
        }
    }

    @Test("nothing at all is refused")
    func emptyInput() {
        #expect(throws: StateDecodingError(.truncated, at: 0)) { try InstanceState(decoding: []) }
    }

    @Test("an error gives its place from the start of the encoding, in words")
    func place() {
        let bytes: [UInt8] = [9, 9, 1, 0xFF]
        let error = #expect(throws: StateDecodingError(.invalidUTF8, at: 1)) {
            try InstanceState(decoding: bytes[2...])
        }
        #expect(error?.description == "cannot decode an instance's state: byte 1: the text is not UTF-8")
    }

    @Test("a step that is there twice is refused, in small and large tables", arguments: [2, 3, 8, 9, 40])
    func repeatedStep(count: Int) {
        var entries = (0..<count).map { place in
            StepState(step: Step(NodeID("n\(place)")), kind: .task, status: .running, startedAt: .second(1))
        }
        #expect(StepTable(entries, openPlaces: Array(entries.indices)) != nil)
        entries[count - 1].step = entries[count / 2 - 1].step
        #expect(StepTable(entries, openPlaces: Array(entries.indices)) == nil)
    }

    @Test(
        "open places that are not the open steps' are refused",
        arguments: [[], [0], [0, 1], [0, 0], [0, 2, 2], [0, 3], [0, 2, 3], [-1, 2]] as [[Int]])
    func wrongOpenPlaces(places: [Int]) {
        let statuses: [StepState.Status] = [.running, .completed, .failed]
        let entries = statuses.enumerated().map { place, status in
            StepState(step: Step(NodeID("n\(place)")), kind: .task, status: status, startedAt: .second(1))
        }
        #expect(StepTable(entries, openPlaces: places) == nil)
        #expect(StepTable(entries, openPlaces: [2, 0]) != nil)
    }

    @Test("more runs than revisions are refused: counting on could overflow")
    func runsBeyondRevisions() {
        var state = InstanceState("i")
        state.run = .max
        state.revision = .max - 1
        #expect(throws: StateDecodingError(.contradiction, at: 2)) {
            try InstanceState(decoding: state.encoded[...])
        }
    }

    private func samples() throws -> [[UInt8]] {
        var histories = HistoryBuilder(.submit, .started(a), .checkpointed(a), .started(b), .signal("s", "1", id: "d"))
        histories.add(.taskFailed(b))
        return [InstanceState("i").encoded, histories.state.encoded, try InstanceState.complete().encoded]
    }

    /// Decodes, and if that succeeds does with the state what an engine does.
    private func use(_ bytes: some Sequence<UInt8>) throws {
        guard var state = try? InstanceState(decoding: Array(bytes)[...]) else { return }
        try #require(try InstanceState(decoding: state.encoded[...]) == state)
        _ = (state.status, state.output, state.anomalies.description, state.mailbox.count)
        let next = state.revision.addingReportingOverflow(1).partialValue
        let bodies: [Event.Body] = [
            .superseded(Event.Superseded()), .submit, .started(a, .max), .started(Step("z")), .signal("s", "2"),
            .signalConsumed(Event.SignalConsumed(step: Step("y"), signal: "s", receivedRevision: 5)), .failed,
            .reopened(Event.Reopened(step: a)), .completed,
        ]
        for (place, body) in bodies.enumerated() {
            let revision = next.addingReportingOverflow(UInt64(place)).partialValue
            state.apply(Event(instance: state.id, revision: revision, time: .second(1), body: body))
        }
        try #require(try InstanceState(decoding: state.encoded[...]) == state)
    }
}
