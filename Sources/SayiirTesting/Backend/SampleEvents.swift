internal import Sayiir
internal import SayiirEvents

/// Events of instances that no engine runs.
enum SampleEvents {
    /// The first events of an instance: a submission and started tasks, 11 at most.
    static func first(_ count: Int, of instance: InstanceID) -> [Event] {
        let started = (0..<10).map { number in
            Event.Body.taskStarted(.init(step: Step(NodeID("t\(number)")), attempt: 1, executor: "e"))
        }
        return ([submission()] + started).prefix(count).enumerated().map { index, body in
            event(of: instance, UInt64(index + 1), body)
        }
    }

    static func event(of instance: InstanceID, _ revision: UInt64, reason: String? = nil, _ body: Event.Body) -> Event {
        Event(
            instance: instance, revision: revision, time: Timestamp(nanosecondsSinceEpoch: Int64(clamping: revision)),
            reason: reason, body: body)
    }

    /// A signal, which can arrive any number of times.
    static func signal(_ text: String) -> Event.Body {
        .signalReceived(.init(signal: text, payload: Payload(codec: "json", bytes: Array("1".utf8))))
    }

    /// An instance's first event.
    static func submitted(
        _ instance: InstanceID, priority: UInt32 = 3, tags: [String] = [],
        definition: DefinitionHash = SampleEvents.definition
    ) -> Event {
        event(of: instance, 1, submission(priority, tags, definition))
    }

    /// The name of the workflow that instances go by.
    static let workflow = "w"
    /// The definition that instances go by if nothing else is said.
    static let definition = DefinitionHash(bytes: [UInt8](repeating: 1, count: 32))
    /// The two together.
    static let served = ServedWorkflow(name: workflow, definition: definition)

    private static func submission(
        _ priority: UInt32 = 3, _ tags: [String] = [], _ definition: DefinitionHash = SampleEvents.definition
    ) -> Event.Body {
        let input = Payload(codec: "json", bytes: Array("1".utf8))
        return .submitted(
            .init(workflow: workflow, definition: definition, input: input, priority: priority, tags: tags))
    }
}
