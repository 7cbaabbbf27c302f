/// How long each of many operations took, and all of them together.
struct Measurement: Sendable {
    /// Nanoseconds of each operation; of a part of them, where one may be longer than the time that was looked at.
    var latencies: [Int64] = []
    /// How many operations there were.
    var count = 0
    /// From the first operation's start to the last one's end, or how long operations were counted.
    var elapsed: Duration = .zero
    /// Seconds for which processors were at work for this process meanwhile.
    var processorTime = 0.0

    /// Operations in a second.
    var rate: Double { elapsed > .zero ? Double(count) / (elapsed / .seconds(1)) : 0 }

    /// Microseconds from one operation to the next.
    var microseconds: Double { count > 0 ? elapsed / .microseconds(1) / Double(count) : 0 }

    /// Microseconds of processors for one operation.
    var processorMicroseconds: Double { count > 0 ? processorTime * 1e6 / Double(count) : 0 }

    /// The operations of several rounds as if they were one.
    static func joined(_ rounds: [Measurement]) -> Measurement {
        Measurement(
            latencies: rounds.flatMap(\.latencies), count: rounds.reduce(0) { $0 + $1.count },
            elapsed: rounds.reduce(.zero) { $0 + $1.elapsed },
            processorTime: rounds.reduce(0) { $0 + $1.processorTime })
    }
}

extension Percentiles {
    /// Those of a measurement's latencies; `nil` if it has none.
    ///
    /// - Parameters:
    ///   - measurement: The measurement.
    ///   - subject: What took so long: "append", "step", "flow".
    init?(of measurement: Measurement, subject: String) {
        self.init(nanoseconds: measurement.latencies, subject: subject)
    }
}

/// Repeats an operation for a time, and measures each.
func measure(for duration: Duration, _ operation: () throws -> Void) rethrows -> Measurement {
    let clock = ContinuousClock()
    var result = Measurement()
    let processorStart = Machine.processorTime
    let start = clock.now
    var now = start
    while now - start < duration {
        try operation()
        let end = clock.now
        result.latencies.append((end - now).nanoseconds)
        now = end
    }
    result.elapsed = now - start
    result.count = result.latencies.count
    result.processorTime = Machine.processorTime - processorStart
    return result
}

/// Repeats `count` operations at a time until some time is over, for operations that are too short to be looked at one by one.
func measure(for duration: Duration, batchesOf count: Int, _ batch: () async throws -> Void) async rethrows
    -> Measurement
{
    let clock = ContinuousClock()
    var result = Measurement()
    let processorStart = Machine.processorTime
    let start = clock.now
    repeat {
        try await batch()
        result.count += count
        result.elapsed = clock.now - start
    } while result.elapsed < duration
    result.processorTime = Machine.processorTime - processorStart
    return result
}

/// Repeats an operation in `count` tasks at once for a time, and measures each. `operation` gets the task's number. The
/// tasks run on `executor`, if one is given.
func measure(
    for duration: Duration, tasks count: Int, on executor: (any TaskExecutor)? = nil,
    _ operation: @escaping @Sendable (Int) async throws -> Void
) async throws -> Measurement {
    let clock = ContinuousClock()
    let processorStart = Machine.processorTime
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
    return Measurement(
        latencies: latencies, count: latencies.count, elapsed: clock.now - start,
        processorTime: Machine.processorTime - processorStart)
}

extension Duration {
    /// The duration in nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
