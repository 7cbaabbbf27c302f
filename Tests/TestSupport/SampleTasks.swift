package import Sayiir

/// Tasks that add a number and say that they were called.
package func adding(_ number: Int, _ id: String, _ calls: Calls? = nil) -> DurableTask<Int, Int> {
    DurableTask(id) { (value: Int) in
        calls?.note(id)
        return value + number
    }
}

/// A task that fails, with the errors `err1`, `err2`, …, until it was called more than `failures` times.
package func failing(_ failures: Int, _ id: String, retries: RetryPolicy?, _ calls: Calls) -> DurableTask<Int, Int> {
    DurableTask(id, retries: retries) { (value: Int) in
        calls.note(id)
        if calls.count(id) <= failures { throw TestError("err\(calls.count(id))") }
        return value
    }
}

/// A task that never returns unless it is cancelled, and says when it has begun.
package func hanging(_ id: String, _ calls: Calls, execution: TaskOptions.Execution = .atLeastOnce) -> DurableTask<
    Int, Int
> {
    DurableTask(id, execution: execution) { (value: Int) in
        calls.note(id)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}

/// Waits, without a limit of time, until something has become true.
package func waitUntil(_ condition: () async throws -> Bool) async throws {
    while !(try await condition()) { try await Task.sleep(for: .milliseconds(1)) }
}

/// Waits until something has become true, whether or not the calling task is cancelled.
package func waitIgnoringCancellation(_ condition: @escaping @Sendable () -> Bool) async {
    await Task.detached {
        while !condition() { try? await Task.sleep(for: .milliseconds(1)) }
    }.value
}
