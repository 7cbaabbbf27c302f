/// How long each of many operations took, and all of them together.
struct Measurement: Sendable {
    /// Nanoseconds of each operation.
    var latencies: [Int64] = []
    /// From the first operation's start to the last one's end.
    var elapsed: Duration = .zero

    var operationsPerSecond: Double {
        elapsed > .zero ? Double(latencies.count) / (elapsed / .seconds(1)) : 0
    }

    /// The latency in microseconds that `fraction` of the operations did not exceed.
    func percentile(_ fraction: Double) -> Double {
        let sorted = latencies.sorted()
        guard let last = sorted.last else { return 0 }
        let index = Int((Double(sorted.count) * fraction).rounded(.up)) - 1
        return Double(sorted.indices.contains(index) ? sorted[index] : last) / 1000
    }

    /// The operations of several rounds as if they were one.
    static func joined(_ rounds: [Measurement]) -> Measurement {
        Measurement(
            latencies: rounds.flatMap(\.latencies), elapsed: rounds.reduce(.zero) { $0 + $1.elapsed })
    }
}

extension [Double] {
    /// The middle value; 0 of nothing.
    var median: Double {
        let sorted = sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}

/// Repeats an operation for a time, and measures each.
func measure(for duration: Duration, _ operation: () throws -> Void) rethrows -> Measurement {
    let clock = ContinuousClock()
    var result = Measurement()
    let start = clock.now
    var now = start
    while now - start < duration {
        try operation()
        let end = clock.now
        result.latencies.append((end - now).nanoseconds)
        now = end
    }
    result.elapsed = now - start
    return result
}

/// Repeats an operation in `count` tasks at once for a time, and measures each. `operation` gets the task's number. The
/// tasks run on `executor`, if one is given.
func measure(
    for duration: Duration, tasks count: Int, on executor: (any TaskExecutor)? = nil,
    _ operation: @escaping @Sendable (Int) async throws -> Void
) async throws -> Measurement {
    let clock = ContinuousClock()
    let start = clock.now
    let latencies = try await withThrowingTaskGroup(of: [Int64].self) { group in
        for number in 0..<count {
            group.addTask(executorPreference: executor) {
                var latencies: [Int64] = []
                var now = clock.now
                while now - start < duration {
                    try await operation(number)
                    let end = clock.now
                    latencies.append((end - now).nanoseconds)
                    now = end
                }
                return latencies
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    return Measurement(latencies: latencies, elapsed: clock.now - start)
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
