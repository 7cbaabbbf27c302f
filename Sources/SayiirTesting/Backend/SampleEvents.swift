internal import Sayiir
internal import SayiirEvents

/// Events of instances that no engine runs.
enum SampleEvents {
    /// The first events of an instance: a submission and started tasks, 11 at most.
    static func first(_ count: Int, of instance: InstanceID) -> [Event] {
        let started = (0..<10).map { number in
            Event.Body.taskStarted(.init(step: Step(NodeID("t\(number)")), attempt: 1, executor: "e"))
        }
        return ([submission] + started).prefix(count).enumerated().map { index, body in
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

    private static var submission: Event.Body {
        .submitted(
            .init(
                workflow: "w", definition: DefinitionHash(bytes: [UInt8](repeating: 1, count: 32)),
                input: Payload(codec: "json", bytes: Array("1".utf8)), priority: 3))
    }
}
