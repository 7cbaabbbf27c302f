import Sayiir
import SayiirEvents

/// The events of workflows as an engine would record them: an order that is submitted, runs four tasks, and completes, unless it
/// waits for a signal for ever.
struct StoredEvents {
    private let definition = DefinitionHash(bytes: (0..<32).map { UInt8($0) })
    private let tasks = ["validate_order", "charge_card", "reserve_stock", "send_confirmation"]
    static let eventsOfEnded = 10

    static func id(_ number: Int) -> InstanceID { InstanceID("order-\(number)") }

    /// The history of an instance, and how many bytes the engine would hand to the log for it.
    func history(of number: Int, isLive: Bool) -> [Event] {
        var bodies: [Event.Body] = [
            .submitted(
                .init(
                    workflow: "fulfil_order", definition: definition, input: json(number, "input"), priority: 3))
        ]
        for (index, task) in tasks.prefix(isLive ? 2 : 4).enumerated() {
            let step = Step(NodeID(task))
            bodies.append(.taskStarted(.init(step: step, attempt: 1, executor: "worker-\(number % 8)")))
            bodies.append(.taskCheckpointed(.init(step: step, attempt: 1, output: json(number &* 31 &+ index, task))))
        }
        if isLive {
            bodies.append(.signalAwaited(.init(step: Step(NodeID("approval")), signal: "approve", deadline: nil)))
        } else {
            bodies.append(.completed(.init(result: Step(NodeID(tasks[3])))))
        }
        return Self.stamped(bodies, of: Self.id(number), number)
    }

    /// A value like those that tasks return: words that come again and again, and numbers that do not.
    private func json(_ number: Int, _ name: String) -> Payload {
        let hash = UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9_7F4A_7C15
        return Payload(
            codec: "json",
            bytes: Array(
                """
                {"order":"order-\(number)","step":"\(name)","amount":\(hash >> 44),"currency":"EUR","reference":"\
                \(String(hash, radix: 36))","ok":true}
                """.utf8))
    }
}

extension StoredEvents {
    /// The history that these bodies make, at times that depend on the instance's number alone.
    static func stamped(_ bodies: [Event.Body], of instance: InstanceID, _ number: Int) -> [Event] {
        bodies.enumerated().map { index, body in
            let time = 1_700_000_000_000_000_000 + Int64(number) * 137_031 + Int64(index) * 1_300_417
            return Event(
                instance: instance, revision: UInt64(index + 1), time: Timestamp(nanosecondsSinceEpoch: time),
                body: body)
        }
    }

    /// The bytes that the log would store for so many events, uncompressed: key and encoded event, one after the other.
    func recordBytes(atLeast count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var number = 0
        while bytes.count < count {
            for event in history(of: number, isLive: false) {
                bytes += event.instance.rawValue.utf8
                event.encode(into: &bytes)
            }
            number += 1
        }
        return bytes
    }
}
