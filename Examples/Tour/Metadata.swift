import Sayiir

func metadata() async throws {
    let processPayment = DurableTask(
        "process_payment",
        timeout: .seconds(60),
        retries: 3,
        tags: ["payments", "critical"],
        displayName: "Process Payment",
        description: "Charges the customer's payment method"
    ) { (cents: Int) in
        "charged \(cents) cents"
    }
    let workflow = try Flow("payment", input: Int.self).then(processPayment).build()

    for node in workflow.nodes {
        guard let options = node.options else { continue }
        print("\(node.id): \(options.displayName ?? "")")
        print("  \(options.description ?? "")")
        print("  timeout \(options.timeout ?? .zero), retries \(options.retries?.maxRetries ?? 0)")
        print("  tags \(options.tags)")
    }
    print(try await runWorkflow(workflow, 995))
}
