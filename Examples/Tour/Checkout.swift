import Sayiir

private struct Order: Codable, Sendable {
    var id: Int
}

func checkout() async throws {
    let validatePayment = DurableTask("validate_payment") { (_: Order) in "valid" }
    let checkInventory = DurableTask("check_inventory") { (_: Order) in 3 }

    let workflow = try Flow("checkout", input: Order.self)
        .fork(Branch(validatePayment), Branch(checkInventory))
        .join("finalize") { (payment: String, stock: Int) in
            "Order complete: payment \(payment), \(stock) in stock"
        }
        .build()

    print(try await runWorkflow(workflow, Order(id: 1)))
}
