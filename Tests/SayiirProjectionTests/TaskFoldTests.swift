import SayiirEvents
import SayiirProjection
import Testing

@Suite("The fold of task events")
struct TaskFoldTests {
    @Test("a started task runs, and a checkpoint completes it with its output")
    func checkpoint() {
        var history = HistoryBuilder(.submit, .started(a))
        #expect(history.state.steps[a]?.status == .running)
        #expect(history.state.steps[a]?.attempt == 1)
        history.add(.checkpointed(a, 1, "2"))
        let step = history.state.steps[a]
        #expect(step?.status == .completed)
        #expect(step?.output == .text("2"))
        #expect(step?.startedAt == .second(2))
        #expect(step?.finishedAt == .second(3))
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("failures are counted, and a scheduled retry waits until its moment")
    func retry() {
        var history = HistoryBuilder(
            .submit, .started(a), .taskFailed(a, 1, "first"),
            .retryScheduled(Event.RetryScheduled(step: a, nextAttempt: 2, wakeAt: .second(9))))
        #expect(history.state.steps[a]?.status == .waitingToRetry(at: .second(9)))
        #expect(history.state.steps[a]?.failureCount == 1)
        #expect(history.state.status == .inProgress)
        history.add(.started(a, 2))
        history.add(.checkpointed(a, 2))
        #expect(history.state.steps[a]?.isCompleted == true)
        #expect(history.state.steps[a]?.failure == Failure(type: "E", message: "first"))
        #expect(history.state.steps[a]?.startedAt == .second(2))
        #expect(history.state.steps[a]?.attemptStartedAt == .second(5))
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a timeout counts as a failure and names task and limit")
    func timeout() {
        let state = HistoryBuilder(
            .submit, .started(a),
            .taskTimedOut(Event.TaskTimedOut(step: a, attempt: 1, limit: .milliseconds(5)))
        ).state
        #expect(state.steps[a]?.failure?.description == "Task 'a' timed out after 5ms")
        #expect(state.steps[a]?.failureCount == 1)
        #expect(state.steps[a]?.timeoutCount == 1)
    }

    @Test("a task that was interrupted starts again without counting as failed")
    func restart() {
        let state = HistoryBuilder(.submit, .started(a), .started(a, 2)).state
        #expect(state.steps[a]?.attempt == 2)
        #expect(state.steps[a]?.failureCount == 0)
        #expect(state.anomalies.isEmpty)
    }

    @Test("a task in doubt waits for a decision, which runs it again, completes it or fails it")
    func doubt() {
        let doubt = HistoryBuilder(
            .submit, .started(a), .taskInDoubt(Event.TaskInDoubt(step: a, attempt: 1)))
        #expect(doubt.state.status == .inDoubt(step: a))

        func resolved(_ resolution: Event.DoubtResolved.Resolution) -> InstanceState {
            var history = doubt
            history.add(
                .doubtResolved(Event.DoubtResolved(step: a, attempt: 1, resolution: resolution)))
            return history.state
        }
        #expect(resolved(.rerun).steps[a]?.status == .ready)
        #expect(resolved(.completed(output: .text("5"))).steps[a]?.output == .text("5"))
        #expect(resolved(.failed(Failure(type: "E", message: "m"))).steps[a]?.failureCount == 1)
        #expect(resolved(.rerun).anomalies.isEmpty)
    }

    @Test("a completed step stays completed, whatever comes after it")
    func completedStays() {
        var history = HistoryBuilder(.submit, .started(a), .checkpointed(a, 1, "2"))
        let completed = history.state.steps[a]
        history.add(.started(a, 2))
        history.add(.checkpointed(a, 1, "3"))
        history.add(.taskFailed(a))
        history.add(.retryScheduled(Event.RetryScheduled(step: a, nextAttempt: 2, wakeAt: .second(0))))
        #expect(history.state.steps[a] == completed)
        #expect(history.state.anomalies.count == 4)
    }

    @Test("a checkpoint without its start is kept and noted")
    func checkpointWithoutStart() {
        let state = HistoryBuilder(.submit, .checkpointed(a)).state
        #expect(state.steps[a]?.output == .text("1"))
        #expect(state.anomalies.map(\.problem) == [.stepNotBegun(a)])
    }

    @Test("an attempt with an unexpected number is applied and noted")
    func unexpectedAttempt() {
        let state = HistoryBuilder(.submit, .started(a), .checkpointed(a, 4)).state
        #expect(state.steps[a]?.isCompleted == true)
        #expect(
            state.anomalies.map(\.problem) == [.unexpectedAttempt(a, expected: 1, found: 4)])
    }

    @Test("steps keep the order of their first appearance and are found among many")
    func order() {
        var history = HistoryBuilder(.submit)
        let steps = (0..<100).map { Step(NodeID("t\($0)")) }
        for step in steps {
            history.add(.started(step))
            if step != steps[50] { history.add(.checkpointed(step, 1, step.description)) }
        }
        let state = history.state
        #expect(state.steps.map(\.step) == steps)
        #expect(state.steps.open.map(\.step) == [steps[50]])
        #expect(state.steps.completedCount == 99)
        #expect(steps.filter { $0 != steps[50] }.allSatisfy { state.steps[$0]?.output == .text("\($0)") })
        #expect(state.steps[Step("t1", indices: [0])] == nil)
    }

    @Test(
        "a duration is written short",
        arguments: [
            (Duration.milliseconds(5), "5ms"), (.seconds(30), "30s"), (.milliseconds(1500), "1.5s"),
            (.zero, "0ns"), (.nanoseconds(7), "7ns"), (.microseconds(1500), "1.5ms"),
            (.seconds(3600), "3600s"),
            (.nanoseconds(1_000_000_001), "1000000.001µs"), (.seconds(-2), "-2s"),
        ])
    func durations(duration: Duration, text: String) {
        #expect(duration.shortDescription == text)
    }
}
