import SayiirEvents
import SayiirProjection
import Testing

@Suite("The fold of delays and signals")
struct WaitingFoldTests {
    private let node = Step("n")

    @Test("a delay parks the instance until its moment")
    func delay() {
        var history = HistoryBuilder(
            .submit, .delayStarted(Event.DelayStarted(step: node, wakeAt: .second(50))))
        #expect(history.state.status == .waiting(step: node, until: .second(50)))
        history.add(.delayElapsed(Event.DelayElapsed(step: node)))
        #expect(history.state.status == .inProgress)
        #expect(history.state.steps[node]?.isCompleted == true)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a wait for a signal parks the instance, and the consumed payload is its output")
    func signal() {
        var history = HistoryBuilder(
            .submit,
            .signalAwaited(Event.SignalAwaited(step: node, signal: "s", deadline: .second(60))))
        #expect(
            history.state.status == .awaitingSignal(step: node, signal: "s", deadline: .second(60)))
        history.add(.signal("s", "42"))
        #expect(history.state.mailbox.count == 1)
        history.add(
            .signalConsumed(Event.SignalConsumed(step: node, signal: "s", receivedRevision: 3)))
        #expect(history.state.steps[node]?.output == .text("42"))
        #expect(history.state.mailbox.isEmpty)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("SIG-05 signals wait first in, first out, for each name")
    func fifo() {
        var history = HistoryBuilder(.submit)
        for value in 0..<3 {
            history.add(.signal("s", "\(value)"))
            history.add(.signal("t", "t\(value)"))
        }
        #expect(history.state.mailbox.first(named: "s")?.payload == .text("0"))
        #expect(history.state.mailbox.first(named: "S") == nil)
        history.add(
            .signalConsumed(Event.SignalConsumed(step: node, signal: "s", receivedRevision: 2)))
        #expect(history.state.mailbox.first(named: "s")?.payload == .text("1"))
        #expect(
            history.state.mailbox.entries.map(\.payload)
                == [.text("t0"), .text("1"), .text("t1"), .text("2"), .text("t2")])
        #expect(history.state.steps[node]?.output == .text("0"))
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a signal out of turn can be consumed, and the others keep their order")
    func outOfTurn() {
        let state = HistoryBuilder(
            .submit, .signal("s", "0"), .signal("s", "1"), .signal("s", "2"),
            .signalConsumed(Event.SignalConsumed(step: node, signal: "s", receivedRevision: 3))
        ).state
        #expect(state.steps[node]?.output == .text("1"))
        #expect(state.mailbox.entries.map(\.payload) == [.text("0"), .text("2")])
    }

    @Test("a signal before submission waits for the run")
    func early() {
        let state = HistoryBuilder(.signal("s", "1"), .submit).state
        #expect(state.mailbox.first(named: "s")?.payload == .text("1"))
        #expect(state.status == .inProgress)
        #expect(state.anomalies.isEmpty)
    }

    @Test("SIG-09 a signal to an ended run waits without an anomaly")
    func late() {
        let state = HistoryBuilder(.submit, .failed, .signal("s", "1")).state
        #expect(state.mailbox.count == 1)
        #expect(state.anomalies.isEmpty)
    }

    @Test("a second signal with the same sender's id is dropped, even after the first was consumed")
    func deduplication() {
        var history = HistoryBuilder(.submit, .signal("s", "1", id: "x"))
        history.add(
            .signalConsumed(Event.SignalConsumed(step: node, signal: "s", receivedRevision: 2)))
        history.add(.signal("s", "1", id: "x"))
        #expect(history.state.mailbox.isEmpty)
        #expect(history.state.anomalies.map(\.problem) == [.repeatedSignal(deduplicationID: "x")])
    }

    @Test("a wait that times out fails, or takes its fallback")
    func timeout() {
        let waiting = HistoryBuilder(
            .submit, .signalAwaited(Event.SignalAwaited(step: node, signal: "s", deadline: .second(3))))
        var failing = waiting
        failing.add(.signalTimedOut(Event.SignalTimedOut(step: node, signal: "s")))
        #expect(failing.state.steps[node]?.status == .failed)
        #expect(
            failing.state.steps[node]?.failure?.message == "Signal 's' did not arrive at 'n' in time")
        var falling = waiting
        falling.add(
            .signalTimedOut(Event.SignalTimedOut(step: node, signal: "s", fallback: .text("9"))))
        #expect(falling.state.steps[node]?.output == .text("9"))
        #expect(falling.state.anomalies.isEmpty)
    }

    @Test("a signal that is not in the mailbox is noted, and the wait ends without a payload")
    func missingSignal() {
        let state = HistoryBuilder(
            .submit, .signalConsumed(Event.SignalConsumed(step: node, signal: "s", receivedRevision: 9))
        ).state
        #expect(state.steps[node]?.isCompleted == true)
        #expect(state.anomalies.map(\.problem) == [.signalMissing(node, receivedRevision: 9)])
    }

    @Test("among several waits the one that can end first is shown, and work under way comes before all")
    func severalWaits() {
        var history = HistoryBuilder(
            .submit, .signalAwaited(Event.SignalAwaited(step: a, signal: "s")),
            .delayStarted(Event.DelayStarted(step: b, wakeAt: .second(70))),
            .delayStarted(Event.DelayStarted(step: node, wakeAt: .second(60))))
        #expect(history.state.status == .waiting(step: node, until: .second(60)))
        history.add(.signalAwaited(Event.SignalAwaited(step: Step("m"), signal: "t", deadline: .second(5))))
        #expect(
            history.state.status == .awaitingSignal(step: Step("m"), signal: "t", deadline: .second(5)))
        history.add(.started(Step("z")))
        #expect(history.state.status == .inProgress)
    }

    @Test("the first of all waits that ends by itself is known, even if that is at the end of time")
    func earliestWait() {
        var history = HistoryBuilder(.submit, .signalAwaited(Event.SignalAwaited(step: a, signal: "s")))
        #expect(history.state.steps.waits.isAny && history.state.steps.waits.earliest == nil)
        let never = Timestamp(nanosecondsSinceEpoch: .max)
        history.add(.delayStarted(Event.DelayStarted(step: b, wakeAt: never)))
        #expect(history.state.steps.waits.earliest == never)
        history.add(.delayStarted(Event.DelayStarted(step: node, wakeAt: .second(60))))
        #expect(history.state.steps.waits.earliest == .second(60))
    }
}
