/// A flow as a value, with what happens to it from outside: made at random, printed, shrunk, built and interpreted.
///
/// Every node takes and gives an integer. Steps are called after their places: `2` is the third node, `2a0` the first node of
/// its first branch or body, `2.join` the task that joins its branches, `2/0` the first node of the child workflow `2`.
package struct FlowPlan: Hashable, Sendable {
    package var input: Int
    package var nodes: [PlanNode]
    package var requests: [PlanRequest] = []

    /// A plan of which nothing happens from outside.
    package init(input: Int, nodes: [PlanNode]) {
        self.input = input
        self.nodes = nodes
    }
}

/// A node of a plan, with the tasks that it needs around it: a fork has a join, a map tasks that spread and gather.
package indirect enum PlanNode: Hashable, Sendable {
    case task(TaskPlan)
    case fork(JoinStyle, [[PlanNode]])
    /// The key is one of as many as there are branches, and one more if there is a default branch.
    case route([[PlanNode]], fallback: [PlanNode]?)
    /// The body is followed by a task that decides by the value.
    case loop([PlanNode], max: Int, failsAtMax: Bool)
    case delay(seconds: Int)
    case signal(SignalPlan)
    case child([PlanNode])
    case map([PlanNode], count: Int, concurrency: Int)
}

/// How the branches of a fork are joined.
package enum JoinStyle: String, Hashable, Sendable, CaseIterable {
    case typed, array, byName
}

/// A task that adds a number, after failing so many times.
///
/// Failures that are stored count, calls do not: an attempt that a crash interrupted was called too.
package struct TaskPlan: Hashable, Sendable {
    var adds = 1
    var failures = 0
    var retries: Int?
    /// Whether it fails by running out of time.
    var hangs = false
    /// Whether it has a time limit.
    var isTimed = false
    var isAtMostOnce = false

    /// A task that adds a number, and never fails.
    package init(adds: Int = 1) { self.adds = adds }

    /// Whether it never succeeds.
    var isFatal: Bool { failures > (retries ?? 0) }
    /// How many failures are stored.
    var storedFailures: Int { min(failures, (retries ?? 0) + 1) }
}

/// A wait for a signal, and when that is sent.
package struct SignalPlan: Hashable, Sendable {
    package enum Delivery: String, Hashable, Sendable {
        /// Before the instance is submitted.
        case early
        /// While the instance waits for it.
        case onDemand
        case never
    }

    var delivery: Delivery
    var timeout: Int?
    var hasFallback: Bool
    /// Whether each signal brings another value. Elements of a map consume signals in no particular order.
    var isVaried: Bool

    /// A wait for a signal.
    package init(delivery: Delivery, timeout: Int?, hasFallback: Bool, isVaried: Bool) {
        self.delivery = delivery
        self.timeout = timeout
        self.hasFallback = hasFallback
        self.isVaried = isVaried
    }

    static let fallback = 77

    /// The value of the signal with the given number, from 0.
    func payload(_ number: Int) -> Int { isVaried ? 500 + number : 500 }
}

/// What is asked of an instance as soon as a step is stored.
package struct PlanRequest: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case cancel
        /// Ended as soon as the instance stands still.
        case pause
        /// Taken back at once.
        case pauseAndUnpause
    }

    package var kind: Kind
    /// The step, as `Step` prints it.
    var step: String
}

/// What the steps of a plan compute. Small numbers, so that they are read easily.
enum PlanArithmetic {
    static func combine(_ values: [Int]) -> Int { values.reduce(7) { ($0 * 31 + $1) % 9973 } }
    static func add(_ number: Int, to value: Int) -> Int { (value * 3 + number) % 9973 }
    static func key(_ value: Int, of count: Int) -> Int { value % max(count, 1) }
    static func spread(_ value: Int, _ count: Int) -> [Int] { (0..<count).map { (value + $0) % 9973 } }
    static func isDone(_ value: Int) -> Bool { value % 3 == 0 }
}

extension FlowPlan: CustomStringConvertible {
    package var description: String {
        "input \(input): \(PlanNode.text(nodes))" + requests.map { "; \($0.kind.rawValue) after '\($0.step)'" }.joined()
    }

    /// How many nodes there are, on all levels.
    var size: Int { PlanNode.size(nodes) }
}

extension PlanNode: CustomStringConvertible {
    static func text(_ nodes: [PlanNode]) -> String { nodes.map(\.description).joined(separator: " → ") }

    static func size(_ nodes: [PlanNode]) -> Int {
        nodes.reduce(0) { sum, node in sum + 1 + node.bodies.reduce(0) { $0 + size($1) } }
    }

    /// The sequences of nodes within the node.
    var bodies: [[PlanNode]] {
        switch self {
        case .task, .delay, .signal: []
        case .fork(_, let branches): branches
        case .route(let branches, let fallback): branches + (fallback.map { [$0] } ?? [])
        case .loop(let body, _, _), .child(let body), .map(let body, _, _): [body]
        }
    }

    package var description: String {
        switch self {
        case .task(let task): return "\(task)"
        case .fork(let style, let branches):
            return "fork(\(style.rawValue)) { \(branches.map(Self.text).joined(separator: " | ")) }"
        case .route(let branches, let fallback):
            let other = fallback.map { " | default: \(Self.text($0))" } ?? ""
            return "route { \(branches.map(Self.text).joined(separator: " | "))\(other) }"
        case .loop(let body, let max, let failsAtMax):
            return "loop(\(max)\(failsAtMax ? ", or fail" : "")) { \(Self.text(body)) }"
        case .delay(let seconds): return "delay(\(seconds))"
        case .signal(let signal): return "\(signal)"
        case .child(let body): return "child { \(Self.text(body)) }"
        case .map(let body, let count, let concurrency):
            return "map(\(count), \(concurrency) at once) { \(Self.text(body)) }"
        }
    }
}

extension TaskPlan: CustomStringConvertible {
    package var description: String {
        var words = ["+\(adds)"]
        if failures > 0 { words.append("\(hangs ? "hangs" : "fails") \(failures)×") }
        if let retries { words.append("retries \(retries)") }
        if isTimed { words.append("timed") }
        if isAtMostOnce { words.append("at most once") }
        return "task(\(words.joined(separator: ", ")))"
    }
}

extension SignalPlan: CustomStringConvertible {
    package var description: String {
        let limit = timeout.map { ", timeout \($0)\(hasFallback ? " with fallback" : "")" } ?? ""
        return "signal(\(delivery.rawValue)\(limit)\(isVaried ? "" : ", all equal"))"
    }
}
