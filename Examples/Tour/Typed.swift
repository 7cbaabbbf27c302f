import Foundation
import Sayiir

private struct OrderInput: Codable, Sendable {
    var orderID: Int
    var amount: Double

    enum CodingKeys: String, CodingKey {
        case orderID = "order_id"
        case amount
    }
}

private struct OrderResult: Codable, Sendable {
    var status: String
    var message: String
}

func typed() async throws {
    let process = DurableTask("process") { (order: OrderInput) in
        OrderResult(status: "ok", message: "Processed $\(order.amount)")
    }
    let workflow = try Flow("typed", input: OrderInput.self).then(process).build()

    let json = Data(#"{"order_id": 1, "amount": 99.99}"#.utf8)
    let order = try JSONDecoder().decode(OrderInput.self, from: json)
    let result = try await runWorkflow(workflow, order)
    print("\(result.status): \(result.message)")

    // What does not fit the model never becomes an order.
    let incomplete = Data(#"{"order_id": 1}"#.utf8)
    do {
        _ = try JSONDecoder().decode(OrderInput.self, from: incomplete)
    } catch DecodingError.keyNotFound(let key, _) {
        print("refused: \(key.stringValue) is missing")
    }
}
