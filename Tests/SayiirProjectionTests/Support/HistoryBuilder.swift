import SayiirEvents
import SayiirProjection

/// Numbers and times events for a test: revision n happens at second n.
struct HistoryBuilder {
    var instance: InstanceID = "i"
    private(set) var events: [Event] = []

    init(_ bodies: Event.Body...) {
        for body in bodies { add(body) }
    }

    mutating func add(_ body: Event.Body, actor: String? = nil, reason: String? = nil) {
        let revision = UInt64(events.count + 1)
        events.append(
            Event(
                instance: instance, revision: revision, time: .second(Int64(revision)), actor: actor,
                reason: reason, body: body))
    }

    var state: InstanceState { InstanceState(folding: events) ?? InstanceState(instance) }
}

extension Timestamp {
    static func second(_ seconds: Int64) -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: seconds * 1_000_000_000)
    }
}

extension Payload {
    static func text(_ text: String) -> Payload { Payload(codec: "json", bytes: Array(text.utf8)) }
}

extension Event.Body {
    static let submit = Event.Body.submitted(
        Event.Submitted(
            workflow: "w", definition: DefinitionHash(bytes: [1, 2]), input: .text("0"),
            metadata: .text("{}"), priority: 2, tags: ["x"]))

    static func started(_ step: Step, _ attempt: UInt32 = 1) -> Event.Body {
        .taskStarted(Event.TaskStarted(step: step, attempt: attempt, executor: "e"))
    }

    static func checkpointed(_ step: Step, _ attempt: UInt32 = 1, _ output: String = "1") -> Event.Body {
        .taskCheckpointed(Event.TaskCheckpointed(step: step, attempt: attempt, output: .text(output)))
    }

    static func taskFailed(_ step: Step, _ attempt: UInt32 = 1, _ message: String = "boom") -> Event.Body {
        .taskFailed(
            Event.TaskFailed(step: step, attempt: attempt, failure: Failure(type: "E", message: message)))
    }

    static let failed = Event.Body.failed(Event.Failed(step: a, failure: Failure(type: "E", message: "boom")))
    static let completed = Event.Body.completed(Event.Completed(result: a))
    static let cancelled = Event.Body.cancelled(Event.Cancelled(interrupted: a))
    static let pauseRequest = Event.Body.pauseRequested(Event.PauseRequested())
    static let pause = Event.Body.paused(Event.Paused())
    static let unpause = Event.Body.unpaused(Event.Unpaused())
    static let cancelRequest = Event.Body.cancelRequested(Event.CancelRequested())

    static func signal(_ name: String, _ payload: String, id: String? = nil) -> Event.Body {
        .signalReceived(
            Event.SignalReceived(signal: name, payload: .text(payload), deduplicationID: id))
    }
}

let a = Step("a")
let b = Step("b")
