import SayiirEvents
import SayiirProjection
import Testing

@Suite("The fold of pause and cancel")
struct ControlFoldTests {
    @Test("PAU-02 the first request to pause is kept and is the pause's reason")
    func pause() {
        var history = HistoryBuilder(.submit)
        history.add(.pauseRequest, actor: "me", reason: "why")
        history.add(.pauseRequest, actor: "you", reason: "other")
        let request = ControlRequest(actor: "me", reason: "why", time: .second(2))
        #expect(history.state.pauseRequest == request)
        #expect(history.state.status == .inProgress)
        history.add(.pause)
        #expect(history.state.status == .paused(request))
        history.add(.unpause)
        #expect(history.state.status == .inProgress)
        #expect(history.state.pauseRequest == nil)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("unpausing withdraws a pending request, and is noted where there is nothing to end")
    func withdraw() {
        var history = HistoryBuilder(.submit, .pauseRequest, .unpause)
        #expect(history.state.pauseRequest == nil)
        #expect(history.state.anomalies.isEmpty)
        history.add(.unpause)
        #expect(history.state.anomalies.map(\.problem) == [.unexpectedPhase(.active)])
    }

    @Test("CAN-07 of two pending requests to cancel the last one says who cancelled and why")
    func cancel() {
        var history = HistoryBuilder(.submit, .started(a))
        history.add(.cancelRequest, actor: "me", reason: "why")
        history.add(.cancelRequest, actor: "you", reason: "other")
        #expect(history.state.status == .inProgress)
        history.add(.cancelled(Event.Cancelled(interrupted: b)))
        #expect(
            history.state.status
                == .cancelled(ControlRequest(actor: "you", reason: "other", time: .second(4))))
        #expect(history.state.interruptedStep == b)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a paused run can be cancelled at once")
    func cancelWhilePaused() {
        var history = HistoryBuilder(.submit, .pause)
        history.add(.cancelled(Event.Cancelled()), actor: "me")
        #expect(history.state.status == .cancelled(ControlRequest(actor: "me", time: .second(3))))
        #expect(history.state.pauseRequest == nil)
    }

    @Test("a pause of a paused run is noted")
    func pauseTwice() {
        let state = HistoryBuilder(.submit, .pause, .pause).state
        #expect(state.anomalies.map(\.problem) == [.unexpectedPhase(.paused)])
    }
}
