import Sayiir

/// What an order goes through. Each task takes what the one before returned.
struct OrderFlow: Sendable {
    struct Reservation: Codable, Sendable {
        var order: Order
        var shelf: String
    }

    struct Payment: Codable, Sendable {
        var reservation: Reservation
        var receipt: String
    }

    struct Shipment: Codable, Sendable {
        var order: Order
        var receipt: String
        var parcel: String
    }

    /// Where the tasks leave a trace of being called, outside the engine.
    let effects: Effects

    var workflow: Workflow<Order, String> {
        get throws {
            let effects = effects
            let validate = DurableTask("validate") { (order: Order) in
                try await effects.note(taking: .milliseconds(2))
                guard order.items.allSatisfy({ $0.quantity > 0 && $0.cents > 0 }) else {
                    throw OrderError.invalid(order.id)
                }
                return order
            }
            let reserve = DurableTask("reserve", timeout: .seconds(10)) { (order: Order) in
                try await effects.note(taking: .milliseconds(8))
                return Reservation(order: order, shelf: "\(order.country)-\(order.items[0].sku)")
            }
            // The bank does not answer every call. A call that is repeated carries the same key, so that it charges once.
            let charge = DurableTask(
                "charge", timeout: .seconds(10), retries: RetryPolicy(maxRetries: 4, initialDelay: .milliseconds(40))
            ) { (reservation: Reservation) in
                try await effects.note(taking: .milliseconds(20))
                let context = TaskContext.current
                if Bank.isDown(for: reservation.order, attempt: context?.attempt ?? 1) {
                    throw OrderError.bankDoesNotAnswer
                }
                return Payment(reservation: reservation, receipt: context?.idempotencyKey ?? "")
            }
            let ship = DurableTask("ship", timeout: .seconds(10)) { (payment: Payment) in
                try await effects.note(taking: .milliseconds(15))
                let order = payment.reservation.order
                return Shipment(
                    order: order, receipt: payment.receipt, parcel: "P-\(order.country)-\(order.totalCents)")
            }
            let notify = DurableTask("notify") { (shipment: Shipment) in
                try await effects.note(taking: .milliseconds(3))
                return "\(shipment.order.customer), \(shipment.order.city): parcel \(shipment.parcel)"
            }
            return try Flow("order", input: Order.self)
                .then(validate).then(reserve).then(charge).then(ship).then(notify)
                .build()
        }
    }
}

enum OrderError: Error, CustomStringConvertible {
    case invalid(String)
    case bankDoesNotAnswer

    var description: String {
        switch self {
        case .invalid(let id): "\(id) has an item without quantity or price"
        case .bankDoesNotAnswer: "the bank does not answer"
        }
    }
}

/// A bank that leaves every third order's first call unanswered, and some orders' second call too.
enum Bank {
    static func isDown(for order: Order, attempt: UInt32) -> Bool {
        switch attempt {
        case 1: order.totalCents % 3 == 0
        case 2: order.totalCents % 9 == 0
        default: false
        }
    }
}
