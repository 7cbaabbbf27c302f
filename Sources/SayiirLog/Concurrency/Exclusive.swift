/// A value that threads hand to each other, one of them having it at a time.
///
// @unchecked: whoever calls `withValue` has taken the value's turn under a lock before, and gives it back under the same
// lock after, so that calls never overlap and each sees what the one before did.
final class Exclusive<Value>: @unchecked Sendable {
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withValue<Result>(_ body: (inout Value) -> Result) -> Result { body(&value) }
}
