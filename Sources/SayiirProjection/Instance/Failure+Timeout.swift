public import SayiirEvents

extension Failure {
    /// The failure of a task that did not return within `limit`: `Task 'slow' timed out after 5ms`.
    public static func timedOut(_ node: NodeID, after limit: Duration) -> Failure {
        Failure(type: "", message: "Task '\(node)' timed out after \(limit.shortDescription)")
    }

    /// The failure of a task that gave no heartbeat for `limit`: `Task 'import' gave no heartbeat for 30s`.
    public static func stalled(_ node: NodeID, for limit: Duration) -> Failure {
        Failure(type: "", message: "Task '\(node)' gave no heartbeat for \(limit.shortDescription)")
    }

    /// The failure that an attempt's time-out is.
    package init(_ timeout: Event.TaskTimedOut) {
        let node = timeout.step.node
        self = timeout.isStalled ? .stalled(node, for: timeout.limit) : .timedOut(node, after: timeout.limit)
    }

    /// The failure of a run that had not ended by its deadline; its ``type`` is `DeadlineExceeded`.
    public static func deadlineExceeded(_ deadline: Timestamp) -> Failure {
        Failure(type: "DeadlineExceeded", message: "The run had not ended by its deadline, \(deadline)")
    }

    /// The failure of a wait whose signal did not arrive in time.
    public static func signalTimedOut(_ signal: String, at node: NodeID) -> Failure {
        Failure(type: "", message: "Signal '\(signal)' did not arrive at '\(node)' in time")
    }
}

extension Duration {
    /// The duration as a number and the largest unit that needs no more than three decimals: `5ms`, `1.5s`, `300ns`.
    /// Minutes and hours are given in seconds. Parts below a nanosecond are cut off.
    public var shortDescription: String {
        let nanoseconds = saturatedNanoseconds
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        for (unit, size): (String, UInt64) in [("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000)]
        where magnitude >= size && magnitude % (size / 1_000) == 0 {
            let thousandths = magnitude % size / (size / 1_000)
            guard thousandths != 0 else { return "\(sign)\(magnitude / size)\(unit)" }
            var digits = String(String(thousandths + 1_000).dropFirst())
            while digits.hasSuffix("0") { digits.removeLast() }
            return "\(sign)\(magnitude / size).\(digits)\(unit)"
        }
        return "\(sign)\(magnitude)ns"
    }
}
