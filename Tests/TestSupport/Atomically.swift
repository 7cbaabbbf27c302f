internal import Foundation

/// A value that one thread at a time may touch.
///
// @unchecked: `stored` is reached between `lock` and `unlock` only.
package final class Atomically<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    /// Holds a value.
    package init(_ value: Value) { stored = value }

    /// The value as it is now.
    package var value: Value { lock.withLock { stored } }

    /// Changes the value, and gives what `body` does.
    @discardableResult
    package func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        lock.withLock { body(&stored) }
    }
}
