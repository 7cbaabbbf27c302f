internal import SayiirLog

/// Tells runs that nothing more is to begin.
final class DrainSignal: Sendable {
    private let flag = Monitor(false)

    var isSet: Bool { flag.withLock { $0 } }

    func set() { flag.withLock { $0 = true } }
}
