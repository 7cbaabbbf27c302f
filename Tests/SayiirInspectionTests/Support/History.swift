import SayiirEvents

/// Builds the events of several instances, in one order, each with its revision.
struct History {
    /// 2026-03-01T12:00:00Z, where all times are counted from.
    static let origin = Timestamp(nanosecondsSinceEpoch: 1_772_366_400_000_000_000)

    private(set) var events: [Event] = []
    private var revisions: [InstanceID: UInt64] = [:]

    /// Adds an event that happens so many milliseconds after the origin.
    mutating func add(
        _ instance: InstanceID, _ milliseconds: Double, _ body: Event.Body, by actor: String? = nil,
        because reason: String? = nil
    ) {
        revisions[instance, default: 0] += 1
        events.append(
            Event(
                instance: instance, revision: revisions[instance] ?? 0, time: Self.at(milliseconds), actor: actor,
                reason: reason, body: body))
    }

    static func at(_ milliseconds: Double) -> Timestamp { origin + .nanoseconds(Int64(milliseconds * 1_000_000)) }

    /// The events as a store would number them.
    var recorded: [RecordedEvent] {
        events.enumerated().map { RecordedEvent(sequence: UInt64($0 + 1), event: $1) }
    }
}

extension Payload {
    static func json(_ text: String, sensitive: Bool = false) -> Payload {
        Payload(codec: "json", bytes: Array(text.utf8), isSensitive: sensitive)
    }
}

extension Event.Body {
    static func submit(_ workflow: String, _ input: String, tags: [String] = [], priority: UInt32 = 3) -> Self {
        .submitted(
            Event.Submitted(
                workflow: workflow, definition: DefinitionHash(bytes: (0..<32).map { $0 &* 7 &+ 0x3F }),
                input: .json(input), metadata: nil, priority: priority, tags: tags))
    }

    static func start(_ step: Step, _ attempt: UInt32 = 1, on executor: String = "worker-1") -> Self {
        .taskStarted(Event.TaskStarted(step: step, attempt: attempt, executor: executor))
    }

    static func checkpoint(_ step: Step, _ output: String, _ attempt: UInt32 = 1) -> Self {
        .taskCheckpointed(Event.TaskCheckpointed(step: step, attempt: attempt, output: .json(output)))
    }

    static func taskFail(_ step: Step, _ type: String, _ message: String, _ attempt: UInt32 = 1) -> Self {
        .taskFailed(
            Event.TaskFailed(step: step, attempt: attempt, failure: Failure(type: type, message: message)))
    }

    static func retry(_ step: Step, _ attempt: UInt32, at milliseconds: Double) -> Self {
        .retryScheduled(Event.RetryScheduled(step: step, nextAttempt: attempt, wakeAt: History.at(milliseconds)))
    }

    static func complete(_ step: Step?) -> Self { .completed(Event.Completed(result: step)) }

    static func fail(_ step: Step, _ type: String, _ message: String) -> Self {
        .failed(Event.Failed(step: step, failure: Failure(type: type, message: message)))
    }

    static func signal(_ name: String, _ payload: Payload) -> Self {
        .signalReceived(Event.SignalReceived(signal: name, payload: payload))
    }
}
