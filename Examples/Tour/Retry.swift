import Sayiir

/// A service that does not answer the first call.
private struct NoAnswer: Error {}

private func get(_ url: String) async throws -> String {
    let attempt = TaskContext.current?.attempt ?? 1
    print("GET \(url), attempt \(attempt)")
    if attempt == 1 { throw NoAnswer() }
    return "200 OK"
}

func retry() async throws {
    // Up to three retries, after 1, 2 and 4 seconds.
    let flakyCall = DurableTask("flaky_call", retries: 3) { (url: String) in
        _ = try await get(url)
        return url
    }
    // The same with everything said.
    let policy = RetryPolicy(
        maxRetries: 3, initialDelay: .milliseconds(50), multiplier: 2, maxDelay: .milliseconds(150))
    let preciseCall = DurableTask("precise_call", retries: policy) { (url: String) in
        try await get("\(url)/details")
    }

    let workflow = try Flow("calls", input: String.self)
        .then(flakyCall)
        .then(preciseCall)
        .build()

    print(try await runWorkflow(workflow, "https://example.org"))
}
