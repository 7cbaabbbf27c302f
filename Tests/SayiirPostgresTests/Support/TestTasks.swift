import Foundation
import Sayiir

/// Who was called, in order. Safe to use from any task.
final class Calls: Sendable {
    private let names = Atomically<[String]>([])

    func note(_ name: String) { names.change { $0.append(name) } }
    var all: [String] { names.value }
    func count(_ name: String) -> Int { all.count { $0 == name } }
}

/// A value that one thread at a time may touch.
///
// @unchecked: `stored` is reached between `lock` and `unlock` only.
final class Atomically<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    var value: Value { lock.withLock { stored } }

    @discardableResult
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&stored) } }
}

/// An error of a test.
struct TestError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Tasks that add a number and say that they were called.
func adding(_ number: Int, _ id: String, _ calls: Calls? = nil) -> DurableTask<Int, Int> {
    DurableTask(id) { (value: Int) in
        calls?.note(id)
        return value + number
    }
}

/// A task that fails, with the errors `err1`, `err2`, …, until it was called more than `failures` times.
func failing(_ failures: Int, _ id: String, retries: RetryPolicy?, _ calls: Calls) -> DurableTask<Int, Int> {
    DurableTask(id, retries: retries) { (value: Int) in
        calls.note(id)
        if calls.count(id) <= failures { throw TestError("err\(calls.count(id))") }
        return value
    }
}

/// A task that never returns unless it is cancelled, and says when it has begun.
func hanging(_ id: String, _ calls: Calls, execution: TaskOptions.Execution = .atLeastOnce) -> DurableTask<Int, Int> {
    DurableTask(id, execution: execution) { (value: Int) in
        calls.note(id)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}

/// Waits, without a limit of time, until something has become true.
func waitUntil(_ condition: () async throws -> Bool) async throws {
    while !(try await condition()) { try await Task.sleep(for: .milliseconds(1)) }
}
