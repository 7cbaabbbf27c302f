import SayiirEvents
import Testing

@testable import SayiirProjection

@Suite("An index of steps")
struct StepIndexTests {
    /// Steps as maps, loops and plain tasks have them, many of which differ in little.
    private static let steps: [Step] = {
        var steps = (0..<200).map { Step(NodeID("step_\($0)")) }
        for outer in 0..<40 as Range<UInt32> {
            steps += (0..<40 as Range<UInt32>).map { Step("resize", indices: [outer, $0]) }
        }
        steps += (0..<300 as Range<UInt32>).map { Step("resize", indices: [$0]) }
        // Long ones that differ in the middle, where nothing is hashed.
        let (start, end) = (String(repeating: "a", count: 100), String(repeating: "b", count: 100))
        steps += (10..<30).map { Step(NodeID("\(start)\($0)\(end)")) }
        return steps
    }()

    private static func entry(_ step: Step) -> StepState {
        StepState(step: step, kind: .task, status: .running, startedAt: Timestamp(nanosecondsSinceEpoch: 0))
    }

    @Test("finds each step at its place, and none that it does not have, at every size")
    func findsPlaces() {
        var entries: [StepState] = []
        var index = StepIndex()
        for (place, step) in Self.steps.enumerated() {
            #expect(index.place(of: step, in: entries) == nil)
            entries.append(Self.entry(step))
            index.insert(place, of: entries)
            #expect(index.place(of: step, in: entries) == place)
            #expect(index.count == place + 1)
        }
        let found = Self.steps.map { index.place(of: $0, in: entries) }
        #expect(found == Array(Self.steps.indices))
        #expect(index.place(of: Step("resize"), in: entries) == nil)
        #expect(index.place(of: Step("resize", indices: [0, 40]), in: entries) == nil)
    }

    @Test("keeps the first of two entries for one step, and counts it once")
    func duplicates() {
        let entries = ["a", "b", "a"].map { Self.entry(Step(NodeID($0))) }
        var index = StepIndex()
        for place in entries.indices { index.insert(place, of: entries) }
        #expect(index.count == 2)
        #expect(index.place(of: Step("a"), in: entries) == 0)
    }

    @Test("a table finds steps that are open and steps that have completed, whatever room was made for them")
    func table() {
        for room in [0, 64, 5000] {
            var state = InstanceState("i")
            state.reserveCapacity(forSteps: room)
            for (number, step) in Self.steps.enumerated() {
                state.steps.insert(Self.entry(step))
                if number % 3 != 0 { state.steps.update(step) { $0.status = .completed } }
            }
            #expect(Self.steps.map { state.steps.index(of: $0) } == Array(Self.steps.indices))
            #expect(state.steps.openCount == (Self.steps.count + 2) / 3)
            #expect(state.steps.index(of: Step("none")) == nil)
            var other = InstanceState("i")
            for step in Self.steps { other.steps.insert(Self.entry(step)) }
            for (number, step) in Self.steps.enumerated() where number % 3 != 0 {
                other.steps.update(step) { $0.status = .completed }
            }
            // What room there is, is not part of what a table says.
            #expect(other.steps == state.steps)
            #expect(other.steps.hashValue == state.steps.hashValue)
        }
    }
}
