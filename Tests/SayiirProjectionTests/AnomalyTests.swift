import SayiirEvents
import SayiirProjection
import Testing

@Suite("Histories that make no sense")
struct AnomalyTests {
    private func event(_ revision: UInt64, _ body: Event.Body, instance: InstanceID = "i") -> Event {
        Event(instance: instance, revision: revision, time: .second(0), body: body)
    }

    @Test("a gap between revisions is noted, and folding goes on")
    func gap() {
        var state = InstanceState("i")
        state.apply(event(1, .submit))
        state.apply(event(4, .started(a)))
        #expect(state.revision == 4)
        #expect(state.steps[a] != nil)
        #expect(state.anomalies == [Anomaly(revision: 4, problem: .missingRevisions(expected: 2))])
    }

    @Test("an event that was applied before changes nothing else")
    func repeated() {
        var state = InstanceState("i")
        state.apply(event(1, .submit))
        state.apply(event(2, .started(a)))
        state.apply(event(2, .started(b)))
        #expect(state.steps.map(\.step) == [a])
        #expect(state.anomalies == [Anomaly(revision: 2, problem: .repeatedRevision(current: 2))])
    }

    @Test("another instance's event changes nothing else")
    func foreign() {
        var state = InstanceState("i")
        state.apply(event(1, .submit, instance: "j"))
        #expect(state.phase == .unsubmitted)
        #expect(state.anomalies == [Anomaly(revision: 1, problem: .foreignInstance("j"))])
    }

    @Test("the highest revision there is does not trap")
    func lastRevision() {
        var state = InstanceState("i")
        state.apply(event(.max, .submit))
        state.apply(event(.max, .started(a)))
        #expect(state.revision == .max)
        #expect(state.anomalies.count == 2)
    }

    @Test("work before submission is kept and noted")
    func beforeSubmission() {
        let state = HistoryBuilder(.started(a)).state
        #expect(state.steps[a] != nil)
        #expect(state.anomalies.map(\.problem) == [.beforeSubmission])
    }

    @Test("each problem reads as a sentence that names what it is about")
    func descriptions() {
        let step = Step("t", indices: [3])
        let texts: [(Anomaly.Problem, String)] = [
            (.foreignInstance("j"), "'j'"), (.repeatedRevision(current: 4), "4"),
            (.missingRevisions(expected: 5), "5"), (.beforeSubmission, "submitted"),
            (.afterEnd(.failed), "failed"), (.alreadySubmitted, "superseded"),
            (.unexpectedPhase(.paused), "paused"), (.stepNotBegun(step), "t#3"),
            (.unexpectedStatus(step, .inDoubt), "in doubt"),
            (.unexpectedAttempt(step, expected: 1, found: 2), "attempt 1"),
            (.signalMissing(step, receivedRevision: 8), "8"),
            (.repeatedSignal(deduplicationID: "x"), "'x'"), (.staleEpoch(current: 2, found: 1), "epoch 1"),
        ]
        for (problem, part) in texts {
            #expect(Anomaly(revision: 7, problem: problem).description.hasPrefix("revision 7: "))
            #expect(problem.description.contains(part))
        }
    }
}
