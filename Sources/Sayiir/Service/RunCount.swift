internal import SayiirLog

/// How many instances run.
final class RunCount: Sendable {
    private let number = Monitor(0)

    var count: Int { number.withLock { $0 } }

    func add(_ difference: Int) { number.withLock { $0 += difference } }
}
