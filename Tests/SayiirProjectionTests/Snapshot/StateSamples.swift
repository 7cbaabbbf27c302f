import SayiirEvents
import Testing

@testable import SayiirProjection

extension InstanceState {
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    /// A state in which every optional has a value and nothing else has the value that it begins with. Of types with
    /// cases, each case is there.
    static func complete() throws -> InstanceState {
        var state = InstanceState("order-1 é")
        state.run = 2
        state.revision = 900
        state.phase = .paused
        state.workflow = "orders"
        state.definition = DefinitionHash(bytes: Array(0..<32))
        state.input = Payload(codec: "json", bytes: Array(repeating: 0x31, count: 300), isSensitive: true)
        state.metadata = .text("{}")
        state.priority = 5
        state.tags = ["gpu", ""]
        state.traceContext = trace
        state.deadline = .second(8)
        state.steps = try completeSteps()
        state.stuckSteps = [
            StuckStep(step: Step("s", indices: [2]), value: undecodable, since: .second(8)),
            StuckStep(step: Step("map"), value: undecodable, since: .second(9)),
        ]
        state.mailbox = completeMailbox()
        state.cancelRequest = ControlRequest(actor: "ann", reason: "late", time: .second(3))
        state.pauseRequest = ControlRequest(actor: "bob", reason: "", time: .second(-4))
        state.interruptedStep = Step("i", indices: [1, .max])
        state.resultStep = Step("r", indices: [3])
        state.failure = Failure(type: "E", message: "boom")
        state.failedStep = Step("f", indices: [4])
        state.lineage = .derived(Event.Derived(source: "other", sourceRevision: 12, change: .text("1")))
        state.leaseHolder = LeaseHolder(executor: "worker", epoch: .max)
        state.leaseEpoch = 1 << 63
        state.submittedAt = Timestamp(nanosecondsSinceEpoch: .min)
        state.updatedAt = Timestamp(nanosecondsSinceEpoch: .max)
        state.endedAt = .second(9)
        state.hasUnknownEvents = true
        state.anomalies = problems.enumerated().map { Anomaly(revision: UInt64($0), problem: $1) }
        return state
    }

    /// The steps were not opened in the order in which they appeared.
    private static func completeSteps() throws -> StepTable {
        var entries: [StepState] = []
        for (place, kind) in kinds.enumerated() {
            let status = statuses[place % statuses.count]
            var step = StepState(
                step: Step(NodeID("n\(place)"), indices: [0, UInt32(place)]), kind: kind, status: status, attempt: 3,
                startedAt: .second(1))
            step.failureCount = 2
            step.timeoutCount = 1
            step.crashCount = 1
            step.attemptStartedAt = .second(2)
            step.finishedAt = .second(3)
            step.output = .text("output")
            step.failure = Failure(type: "T", message: "ü")
            step.isAbandoned = true
            entries.append(step)
        }
        let open = entries.indices.filter { !entries[$0].isCompleted }
        return try #require(StepTable(entries, openPlaces: open.reversed()))
    }

    /// One queue has a consumed entry in its storage.
    private static func completeMailbox() -> SignalMailbox {
        var mailbox = SignalMailbox()
        for revision in 1...6 as ClosedRange<UInt64> {
            mailbox.append(
                SignalMailbox.Entry(
                    revision: revision, signal: revision % 3 == 0 ? "t" : "s", payload: .text("\(revision)"),
                    receivedAt: .second(Int64(revision)), traceContext: revision % 2 == 0 ? trace : nil),
                deduplicationID: "id \(revision)")
        }
        _ = mailbox.take("s", revision: 1)
        _ = mailbox.reject("t", revision: 3, because: undecodable)
        return mailbox
    }

    private static let trace = TraceContext(
        recorded: [TraceContext.Field(name: "traceparent", value: "00-1"), TraceContext.Field(name: "", value: "ü")])
    private static let undecodable = UndecodableValue(codec: "json", expected: "Order", path: "a.[0]", reason: "why")

    private static let kinds: [StepState.Kind] = [
        .task, .delay, .signal, .fork(branches: ["b", "a"], finished: ["b", "a", "é"]),
        .map(count: .max, finished: [7, 0, .max]), .route(key: "k", isDefault: true),
        .loop(iterations: 4, lastDecision: nil, reachedLimit: true),
        .loop(iterations: 4, lastDecision: .again, reachedLimit: false),
        .loop(iterations: 4, lastDecision: .done, reachedLimit: false),
        .loop(iterations: 4, lastDecision: .unknown(.max), reachedLimit: false), .child(workflow: "c"),
    ]

    private static let statuses: [StepState.Status] = [
        .ready, .running, .waitingToRetry(at: .second(5)), .inDoubt, .delaying(until: .second(6)),
        .awaitingSignal(name: "s", deadline: .second(7)), .awaitingSignal(name: "s", deadline: nil), .entered, .failed,
        .completed,
    ]

    private static let problems: [Anomaly.Problem] =
        [
            .foreignInstance("x"), .repeatedRevision(current: 1), .missingRevisions(expected: 2), .beforeSubmission,
            .alreadySubmitted, .stepNotBegun(a), .unexpectedAttempt(b, expected: 1, found: .max),
            .signalMissing(a, receivedRevision: 3), .repeatedSignal(deduplicationID: "d"),
            .staleEpoch(current: .max, found: 0),
        ] + InstancePhase.allCases.flatMap { [.afterEnd($0), .unexpectedPhase($0)] }
        + statuses.map { .unexpectedStatus(a, $0) }
}
