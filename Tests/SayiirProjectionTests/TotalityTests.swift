import SayiirEvents
import SayiirProjection
import Testing

@Suite("The fold is total")
struct TotalityTests {
    @Test(
        "no sequence of events traps, and what must hold in every state holds",
        arguments: 0..<200 as Range<UInt64>)
    func randomSequences(seed: UInt64) {
        var events = RandomEvents(seed: seed)
        var state = InstanceState("i")
        for _ in 0..<300 {
            let before = state
            let event = events.next()
            state.apply(event)
            check(state, after: event, before: before)
        }
    }

    @Test("folding at once and event by event give the same state")
    func foldIsStepwise() {
        var random = RandomEvents(seed: 7)
        let events = (0..<500).map { _ in random.next() }
        var state = InstanceState(events[0].instance)
        for event in events { state.apply(event) }
        #expect(InstanceState(folding: events) == state)
    }

    private func check(_ state: InstanceState, after event: Event, before: InstanceState) {
        #expect(state.revision >= before.revision)
        #expect(state.run >= before.run)
        #expect(state.steps.openCount + state.steps.completedCount == state.steps.count)
        #expect(state.steps.open.allSatisfy { !$0.isCompleted })
        #expect(state.mailbox.entries.count == state.mailbox.count)
        #expect(state.phase.isEnded || state.endedAt == nil)
        #expect(state.output == nil || state.phase == .completed)
        if before.phase.isEnded && state.run == before.run && state.phase != .active {
            #expect(state.phase == .deleted || state.steps == before.steps)
        }
        if state.run == before.run && state.phase != .deleted && !isReopened(event) {
            #expect(before.steps.allSatisfy { !$0.isCompleted || state.steps[$0.step] == $0 })
        }
        _ = state.status
    }

    private func isReopened(_ event: Event) -> Bool {
        if case .reopened = event.body { true } else { false }
    }
}
