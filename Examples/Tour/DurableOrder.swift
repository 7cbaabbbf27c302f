import Foundation
import Sayiir

private struct ProcessedOrder: Codable, Sendable {
    var orderID: Int
    var status: String
}

func durableOrder() async throws {
    let processOrder = DurableTask("process_order", timeout: .seconds(30)) { (id: Int) in
        ProcessedOrder(orderID: id, status: "processed")
    }
    let sendConfirmation = DurableTask("send_confirmation") { (order: ProcessedOrder) in
        "Confirmed order \(order.orderID)"
    }
    let workflow = try Flow("order", input: Int.self)
        .then(processOrder)
        .then(sendConfirmation)
        .build()

    // In a program of your own this is a directory that stays.
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tour-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }

    // Each output is on disk before the next task begins. Had the process died in between, `engine.resume` would go on.
    let engine = try await Engine(directory: directory.path)
    let status = try await engine.run(workflow, id: "order-123", input: 42)
    print(status.output ?? "no output")
    print("completed: \(status.isCompleted)")
    try await engine.close()
}
