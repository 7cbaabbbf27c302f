import Sayiir

/// Holds what the tasks did, by the effects file, against what the log says that they did.
struct Check {
    /// What was found.
    struct Report {
        var orders = 0
        var tasks = 0
        var calls = 0
        /// Attempts that ended with an error and were repeated.
        var failedAttempts = 0
        /// Attempts that a kill interrupted.
        var interruptedAttempts = 0
        /// What breaks a promise.
        var violations: [String] = []
    }

    let directory: String
    let effects: [Effects.Entry]
    let orders: [Order]

    func run() throws -> Report {
        var report = Report(orders: orders.count, calls: effects.count)
        let called = Dictionary(grouping: effects) { "\($0.order) \($0.task)" }
        for (entry, count) in effects.reduce(into: [Effects.Entry: Int](), { $0[$1, default: 0] += 1 }) where count > 1
        {
            report.violations.append(
                "\(entry.order): attempt \(entry.attempt) at \(entry.task) was made \(count) times")
        }
        let states = try readStates()
        for order in orders {
            guard let state = states[InstanceID(order.id)], state.phase == .completed else {
                report.violations.append("\(order.id) has not completed")
                continue
            }
            for anomaly in state.anomalies { report.violations.append("\(order.id): \(anomaly)") }
            for step in state.steps { check(step, of: order.id, called, &report) }
        }
        return report
    }

    private func check(
        _ step: StepState, of order: String, _ called: [String: [Effects.Entry]], _ report: inout Report
    ) {
        report.tasks += 1
        report.failedAttempts += Int(step.failureCount)
        report.interruptedAttempts += Int(step.attempt) - 1 - Int(step.failureCount)
        let attempts = (called["\(order) \(step.step)"] ?? []).map(\.attempt)
        if !attempts.contains(step.attempt) {
            report.violations.append("\(order): \(step.step) is checkpointed and was never called")
        }
        if let later = attempts.first(where: { $0 > step.attempt }) {
            report.violations.append("\(order): \(step.step) ran again, as attempt \(later), after its checkpoint")
        }
    }

    /// Folds the log as anybody can: without the engine, without a lock.
    private func readStates() throws -> [InstanceID: InstanceState] {
        var states: [InstanceID: InstanceState] = [:]
        var follower = LogReader(directory: directory).follow()
        while let frame = try follower.next() {
            for record in frame.records where record.kind == .event {
                let event = try Event(
                    decoding: record.payload, instance: InstanceID(record.key),
                    time: Timestamp(nanosecondsSinceEpoch: record.timestamp))
                states[event.instance, default: InstanceState(event.instance)].apply(event)
            }
        }
        return states
    }
}
