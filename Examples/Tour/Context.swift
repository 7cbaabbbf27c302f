import Sayiir

func context() async throws {
    let fetchData = DurableTask("fetch_data", timeout: .seconds(30), tags: ["io"]) { (url: String) in
        if let context = TaskContext.current {
            print("Running task \(context.task) of workflow \(context.workflow)")
            print("Instance: \(context.instance), attempt \(context.attempt)")
            print("Timeout: \(context.options.timeout ?? .zero)")
            print("Tags: \(context.options.tags)")
            print("Workflow metadata: \(try context.workflowMetadata(as: [String: String].self) ?? [:])")
            // The same at every attempt: for services that are to do a thing once.
            print("Idempotency key: \(context.idempotencyKey)")
        }
        return "contents of \(url)"
    }

    let workflow = try Flow("download", input: String.self)
        .metadata(["team": "data"])
        .then(fetchData)
        .build()

    print(try await runWorkflow(workflow, "https://example.org"))
    print("Outside a task there is \(TaskContext.current == nil ? "no" : "a") context.")
}
