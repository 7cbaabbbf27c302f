import SayiirEvents
import SayiirProjection
import Testing

@Suite("The fold of an instance's life")
struct LifecycleFoldTests {
    @Test("an empty history has no state")
    func empty() {
        #expect(InstanceState(folding: []) == nil)
        #expect(InstanceState("i").status == .unsubmitted)
    }

    @Test("submission begins run 1 with what was submitted")
    func submission() {
        let state = HistoryBuilder(.submit).state
        #expect(state.run == 1)
        #expect(state.revision == 1)
        #expect(state.status == .inProgress)
        #expect(state.workflow == "w")
        #expect(state.definition == DefinitionHash(bytes: [1, 2]))
        #expect(state.input == .text("0"))
        #expect(state.metadata == .text("{}"))
        #expect(state.priority == 2)
        #expect(state.tags == ["x"])
        #expect(state.submittedAt == .second(1))
        #expect(state.anomalies.isEmpty)
    }

    @Test("a second submission without a supersession changes nothing and is noted")
    func secondSubmission() {
        let state = HistoryBuilder(.submit, .started(a), .submit).state
        #expect(state.run == 1)
        #expect(state.steps.count == 1)
        #expect(state.anomalies == [Anomaly(revision: 3, problem: .alreadySubmitted)])
    }

    @Test("completion keeps the result step, whose payload is the output")
    func completion() {
        let state = HistoryBuilder(.submit, .started(a), .checkpointed(a, 1, "7"), .completed).state
        #expect(state.status == .completed)
        #expect(state.output == .text("7"))
        #expect(state.endedAt == .second(4))
    }

    @Test("without a result step the output is the input, and there is none before completion")
    func outputIsInput() {
        var history = HistoryBuilder(.submit)
        #expect(history.state.output == nil)
        history.add(.completed(Event.Completed()))
        #expect(history.state.output == .text("0"))
    }

    @Test("failure keeps the error and its step, and drops requests that were pending")
    func failure() {
        let state = HistoryBuilder(.submit, .started(a), .cancelRequest, .taskFailed(a), .failed).state
        #expect(state.status == .failed(Failure(type: "E", message: "boom")))
        #expect(state.failedStep == a)
        #expect(state.cancelRequest == nil)
        #expect(state.steps[a]?.isAbandoned == false)
    }

    @Test(
        "STA-04 a run that ended ignores later results, and each is noted",
        arguments: [
            Event.Body.completed, .failed, .cancelled,
        ])
    func terminal(end: Event.Body) {
        var history = HistoryBuilder(.submit, .started(a), .started(b), .checkpointed(a), end)
        let ended = history.state
        let late: [Event.Body] = [
            .checkpointed(b), .taskFailed(b), .started(Step("c")), .completed, .failed, .cancelled, .pause,
            .unpause, .cancelRequest, .pauseRequest, .submit,
        ]
        for body in late { history.add(body) }
        let state = history.state
        #expect(state.status == ended.status)
        #expect(state.steps == ended.steps)
        #expect(state.output == ended.output)
        #expect(state.anomalies.count == late.count)
        #expect(state.steps[b]?.isAbandoned == true)
    }

    @Test("a superseded run is forgotten when the next one is submitted, with its signals")
    func supersession() {
        var history = HistoryBuilder(
            .submit, .started(a), .signal("s", "1"), .cancelRequest, .superseded(Event.Superseded()))
        #expect(history.state.status == .superseded)
        #expect(history.state.steps.count == 1)
        history.add(.submit)
        let state = history.state
        #expect(state.run == 2)
        #expect(state.status == .inProgress)
        #expect(state.steps.isEmpty)
        #expect(state.mailbox.isEmpty)
        #expect(state.cancelRequest == nil)
        #expect(state.submittedAt == .second(6))
        #expect(state.endedAt == nil)
        #expect(state.anomalies.isEmpty)
    }

    @Test("a run that ended can be superseded too")
    func supersessionAfterEnd() {
        let state = HistoryBuilder(.submit, .failed, .superseded(Event.Superseded()), .submit).state
        #expect(state.run == 2)
        #expect(state.failure == nil)
        #expect(state.anomalies.isEmpty)
    }

    @Test("a failed run that is reopened goes on with the failed step ready and its retries renewed")
    func reopenFailed() {
        let state = HistoryBuilder(
            .submit, .started(a), .checkpointed(a), .started(b), .taskFailed(b), .failed,
            .reopened(Event.Reopened(step: b))
        ).state
        #expect(state.status == .inProgress)
        #expect(state.failure == nil)
        #expect(state.endedAt == nil)
        #expect(state.steps[a]?.isCompleted == true)
        #expect(state.steps[b]?.status == .ready)
        #expect(state.steps[b]?.failureCount == 0)
        #expect(state.anomalies.isEmpty)
    }

    @Test("a run that is reopened at a completed step forgets it and all that came after")
    func reopenCompleted() {
        let state = HistoryBuilder(
            .submit, .started(a), .checkpointed(a), .started(b), .checkpointed(b), .completed,
            .reopened(Event.Reopened(step: b))
        ).state
        #expect(state.steps.map(\.step) == [a])
        #expect(state.resultStep == nil)
        #expect(state.status == .inProgress)
    }

    @Test("steps that were under way when the run ended are so again after reopening")
    func reopenAbandoned() {
        var history = HistoryBuilder(.submit, .started(a), .started(b), .taskFailed(a), .failed)
        #expect(history.state.steps[b]?.isAbandoned == true)
        history.add(.reopened(Event.Reopened(step: a)))
        #expect(history.state.steps[b]?.isAbandoned == false)
        #expect(history.state.steps[b]?.status == .running)
    }

    @Test("an active run cannot be reopened")
    func reopenActive() {
        let state = HistoryBuilder(.submit, .reopened(Event.Reopened(step: a))).state
        #expect(state.anomalies.map(\.problem) == [.unexpectedPhase(.active)])
    }

    @Test("deletion leaves nothing but the id, and the id can be submitted again")
    func deletion() {
        var history = HistoryBuilder(.submit, .started(a), .signal("s", "1"), .deleted(Event.Deleted()))
        #expect(history.state.status == .deleted)
        #expect(history.state.steps.isEmpty)
        #expect(history.state.input == nil)
        #expect(history.state.mailbox.isEmpty)
        history.add(.submit)
        #expect(history.state.run == 2)
        #expect(history.state.status == .inProgress)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("leases carry rising epochs; a stale one is noted and ignored")
    func leases() {
        var history = HistoryBuilder(
            .submit, .leaseAcquired(Event.LeaseAcquired(executor: "x", epoch: 2)),
            .leaseAcquired(Event.LeaseAcquired(executor: "y", epoch: 2)))
        #expect(history.state.leaseHolder == LeaseHolder(executor: "x", epoch: 2))
        #expect(history.state.anomalies.map(\.problem) == [.staleEpoch(current: 2, found: 2)])
        history.add(.leaseLost(Event.LeaseLost(executor: "x", epoch: 2)))
        #expect(history.state.leaseHolder == nil)
        #expect(history.state.leaseEpoch == 2)
    }

    @Test("a changed definition, a lineage and a note are kept or passed over, without anomalies")
    func others() {
        let derived = Event.Derived(source: "other", sourceRevision: 4)
        var history = HistoryBuilder(
            .submit, .derived(derived),
            .definitionChanged(
                Event.DefinitionChanged(
                    from: DefinitionHash(bytes: [1, 2]), to: DefinitionHash(bytes: [3]))),
            .annotated(Event.Annotated(text: "note")))
        #expect(history.state.lineage == .derived(derived))
        #expect(history.state.definition == DefinitionHash(bytes: [3]))
        let imported = Event.Imported(source: "s", head: [])
        history.add(.imported(imported))
        #expect(history.state.lineage == .imported(imported))
        #expect(history.state.anomalies.isEmpty)
        #expect(history.state.revision == 5)
        #expect(history.state.updatedAt == .second(5))
    }

    @Test("an event of an unknown kind is remembered as such")
    func unknown() {
        let state = HistoryBuilder(.submit, .unknown(Event.Unknown(kind: 99, bytes: [1]))).state
        #expect(state.hasUnknownEvents)
        #expect(state.anomalies.isEmpty)
    }
}
