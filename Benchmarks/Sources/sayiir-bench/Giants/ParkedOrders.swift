import Sayiir
import SayiirEvents

/// Orders that wait, after one step, for a moment or for a signal; and the workflows that they go by.
struct ParkedOrders: Sendable {
    /// What goes from step to step: 60 to 100 bytes as JSON.
    struct Order: Codable, Sendable {
        var id: String
        var customer: String
        var cents: Int
        /// When the order's wait is over, in nanoseconds since 1970.
        var due: Int64
    }

    /// What an order is once it is prepared: of about the same length.
    struct Prepared: Codable, Sendable {
        var shelf: Int
        var reservation: String
        var cents: Int
        var due: Int64
    }

    /// What an order waits for.
    enum Wait: String, CaseIterable, Sendable {
        case delay, signal
    }

    static let signal = "approved"

    /// Prepares an order, lets it sleep, and finishes it.
    let sleeping: Workflow<Order, Int>
    /// Prepares an order, waits for a signal, and finishes it.
    let awaiting: Workflow<Order, Int>

    /// - Parameter onFinish: Called in the last step of each order, with when its wait was over if it slept.
    init(onFinish: @escaping @Sendable (Timestamp?) -> Void = { _ in }) throws {
        sleeping = try Flow("sleeping_orders", input: Order.self)
            .then("prepare", Self.prepare)
            .delay("night", .seconds(28_800))
            .then("finish") { (order: Prepared) in
                onFinish(Timestamp(nanosecondsSinceEpoch: order.due))
                return order.cents
            }.build()
        awaiting = try Flow("awaiting_orders", input: Order.self)
            .then("prepare", Self.prepare)
            .waitForSignal(Self.signal, of: Int.self)
            .then("finish") { (cents: Int) in
                onFinish(nil)
                return cents
            }.build()
    }

    private static func prepare(_ order: Order) -> Prepared {
        Prepared(shelf: order.cents % 100, reservation: order.id, cents: order.cents, due: order.due)
    }

    static func id(_ number: Int) -> InstanceID { InstanceID("order-\(number)") }

    /// The events of an order up to its wait, as an engine would record them.
    ///
    /// - Parameters:
    ///   - number: Which order.
    ///   - wait: What it waits for.
    ///   - due: When its wait is over, if it waits for a moment.
    func history(of number: Int, waitingFor wait: Wait, until due: Timestamp) -> [Event] {
        let hash = UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9_7F4A_7C15
        let input = json(
            """
            {"id":"order-\(number)","customer":"Ada Lovelace \(hash >> 44)","cents":\(hash >> 50),"due":\(due.nanosecondsSinceEpoch)}
            """)
        let prepared = json(
            """
            {"shelf":\(hash >> 57),"reservation":"\(String(hash &* 31, radix: 36))","cents":\(hash >> 50),"due":\(due.nanosecondsSinceEpoch)}
            """)
        let prepare = Step(NodeID("prepare"))
        let definition = wait == .delay ? sleeping.definitionHash : awaiting.definitionHash
        let name = wait == .delay ? sleeping.name : awaiting.name
        var bodies: [Event.Body] = [
            .submitted(.init(workflow: name, definition: definition, input: input, priority: 3)),
            .taskStarted(.init(step: prepare, attempt: 1, executor: "worker-1")),
            .taskCheckpointed(.init(step: prepare, attempt: 1, output: prepared)),
        ]
        switch wait {
        case .delay: bodies.append(.delayStarted(.init(step: Step(NodeID("night")), wakeAt: due)))
        case .signal:
            let step = Step(awaiting.nodes[1].id)
            bodies.append(.signalAwaited(.init(step: step, signal: Self.signal, deadline: nil)))
        }
        return StoredEvents.stamped(bodies, of: Self.id(number), number)
    }

    private func json(_ text: String) -> Payload { Payload(codec: "json", bytes: Array(text.utf8)) }
}

extension LogBackend {
    /// Stores orders that wait, by 16 writers at once.
    func store(
        _ numbers: Range<Int>, of orders: ParkedOrders, waitingFor wait: ParkedOrders.Wait,
        until due: @escaping @Sendable (Int) -> Timestamp
    ) async throws {
        let writers = 16
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask(executorPreference: executor) {
                    for number in stride(from: numbers.lowerBound + writer, to: numbers.upperBound, by: writers) {
                        try await append(
                            orders.history(of: number, waitingFor: wait, until: due(number)), lease: nil)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
