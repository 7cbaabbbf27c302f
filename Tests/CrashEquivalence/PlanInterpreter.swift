/// What a plan must come to, computed from the plan alone: this knows nothing of engine, decider or history.
package struct PlanExpectation: Equatable, Sendable {
    package enum End: Equatable, Sendable {
        case completed(Int)
        /// Failed at a step.
        case failed(String)
        case cancelled
    }

    struct Step: Equatable, Sendable {
        /// The stored output as JSON; `nil` if it never succeeds.
        var output: String?
        /// How many failures are stored.
        var failures = 0
        /// How often the step's code is called in a run without a crash; 0 for a wait.
        var calls: Int
        /// Whether it is called again only after a person said so.
        var isAtMostOnce = false
    }

    /// Signals of one name.
    struct Signals: Equatable, Sendable {
        var plan: SignalPlan
        /// How many are consumed.
        var count = 0
    }

    package var end = End.cancelled
    var steps: [String: Step] = [:]
    /// The step that is under way when the instance is cancelled: nobody knows whether it comes to its end.
    var undetermined: String?
    var signals: [String: Signals] = [:]
    /// The tasks in an order in which they may be stored.
    var order: [String] = []
    /// Whether the end depends on who comes first. Such plans are not made.
    var isAmbiguous = false
}

/// Works out a ``PlanExpectation``: branches and elements one after the other, since the order must not matter.
package struct PlanInterpreter {
    private enum Stop: Error {
        case failed(String)
        case cancelled
        case ambiguous
    }

    /// A sequence: what stands before the numbers of its nodes, and the iterations and elements around.
    private struct Place {
        var path = ""
        var indices: [Int] = []

        func step(_ name: String) -> String {
            path + name + (indices.isEmpty ? "" : "#" + indices.map(String.init).joined(separator: "."))
        }

        func inner(_ suffix: String, _ index: Int? = nil) -> Place {
            Place(path: path + suffix, indices: indices + (index.map { [$0] } ?? []))
        }
    }

    private var expectation = PlanExpectation()
    private let cancelling: Set<String>
    /// Whether the instance may stand still where otherwise it would go on, or end, in one commit.
    private let hasPauses: Bool
    /// Whether somebody asked to cancel: the next step begins, but what follows it does not.
    private var isStopping = false
    /// How many forks and maps are under way.
    private var parallelDepth = 0

    package static func expectation(of plan: FlowPlan) -> PlanExpectation {
        var interpreter = PlanInterpreter(plan)
        do throws(Stop) {
            let output = try interpreter.run(plan.nodes, Place(), plan.input)
            interpreter.expectation.end = .completed(output)
            interpreter.expectation.isAmbiguous = interpreter.isStopping && interpreter.hasPauses
        } catch {
            switch error {
            case .failed(let step): interpreter.expectation.end = .failed(step)
            case .cancelled: interpreter.expectation.end = .cancelled
            case .ambiguous: interpreter.expectation.isAmbiguous = true
            }
        }
        return interpreter.expectation
    }

    private init(_ plan: FlowPlan) {
        cancelling = Set(plan.requests.filter { $0.kind == .cancel }.map(\.step))
        hasPauses = plan.requests.contains { $0.kind != .cancel }
    }

    private mutating func run(_ nodes: [PlanNode], _ place: Place, _ input: Int) throws(Stop) -> Int {
        var value = input
        for (number, node) in nodes.enumerated() { value = try run(node, "\(number)", place, value) }
        return value
    }

    private mutating func run(_ node: PlanNode, _ name: String, _ place: Place, _ value: Int) throws(Stop) -> Int {
        switch node {
        case .task(let task):
            let output = PlanArithmetic.add(task.adds, to: value)
            try perform(place.step(name), "\(output)", task)
            return output
        case .delay(let seconds):
            // After a pause was asked for, a delay of no length may begin and end in one commit.
            if isStopping { throw seconds == 0 && hasPauses ? .ambiguous : .cancelled }
            return value
        case .signal(let signal): return try wait(for: signal, place.step(name), place.path + name)
        case .child(let body): return try run(body, place.inner(name + "/"), value)
        case .fork(_, let branches): return try fork(branches, name, place, value)
        case .route(let branches, let fallback): return try route(branches, fallback, name, place, value)
        case .loop(let body, let max, let failsAtMax):
            var value = value
            for iteration in 0..<max {
                let inner = place.inner(name + "a", iteration)
                value = try run(body, inner, value)
                let isDone = PlanArithmetic.isDone(value)
                // If this decision comes to its end, the workflow fails in the same commit, before it is cancelled.
                if isStopping, failsAtMax, !isDone, iteration == max - 1 { throw .ambiguous }
                try perform(inner.step("decide"), #"{"_loop":"\#(isDone ? "done" : "again")","value":\#(value)}"#)
                if isDone { return value }
            }
            if failsAtMax { throw .failed(place.step(name)) }
            return value
        case .map(let body, let count, _):
            let elements = PlanArithmetic.spread(value, count)
            try perform(place.step(name + ".spread"), Self.json(elements))
            if isStopping { throw .ambiguous }
            var results: [Int] = []
            parallelDepth += 1
            for (index, element) in elements.enumerated() {
                results.append(try run(body, place.inner(name + "a", index), element))
            }
            parallelDepth -= 1
            return try gather(results, place.step(name + ".gather"))
        }
    }

    private mutating func fork(
        _ branches: [[PlanNode]], _ name: String, _ place: Place, _ value: Int
    ) throws(Stop) -> Int {
        if isStopping { throw .ambiguous }
        var results: [Int] = []
        parallelDepth += 1
        for (branch, nodes) in zip(PlanBuilder.letters, branches) {
            results.append(try run(nodes, place.inner(name + branch), value))
        }
        parallelDepth -= 1
        return try gather(results, place.step(name + ".join"))
    }

    private mutating func gather(_ values: [Int], _ step: String) throws(Stop) -> Int {
        let output = PlanArithmetic.combine(values)
        try perform(step, "\(output)")
        return output
    }

    private mutating func route(
        _ branches: [[PlanNode]], _ fallback: [PlanNode]?, _ name: String, _ place: Place, _ value: Int
    ) throws(Stop) -> Int {
        let key = PlanArithmetic.key(value, of: branches.count + (fallback == nil ? 0 : 1))
        try perform(place.step(name + "::key_fn"), "\"\(PlanBuilder.letters[key])\"")
        let body = key < branches.count ? branches[key] : fallback ?? []
        let result = try run(body, place.inner(name + PlanBuilder.letters[key]), value)
        let output = PlanArithmetic.combine([key, result])
        try perform(place.step(name + ".open"), "\(output)")
        return output
    }

    private mutating func wait(for signal: SignalPlan, _ step: String, _ name: String) throws(Stop) -> Int {
        if isStopping {
            if signal.delivery != .early { throw .cancelled }
            if hasPauses { throw .ambiguous }
        }
        guard signal.delivery != .never else {
            if !signal.hasFallback { throw .failed(step) }
            expectation.steps[step] = .init(output: "\(SignalPlan.fallback)", calls: 0)
            return SignalPlan.fallback
        }
        let number = expectation.signals[name]?.count ?? 0
        expectation.signals[name, default: .init(plan: signal)].count += 1
        expectation.steps[step] = .init(output: "\(signal.payload(number))", calls: 0)
        return signal.payload(number)
    }

    private mutating func perform(_ step: String, _ output: String, _ task: TaskPlan = TaskPlan()) throws(Stop) {
        let failures = task.storedFailures
        expectation.steps[step] = .init(
            output: task.isFatal ? nil : output, failures: failures, calls: failures + (task.isFatal ? 0 : 1),
            isAtMostOnce: task.isAtMostOnce)
        if isStopping {
            if task.isFatal { throw .ambiguous }
            expectation.undetermined = step
            throw .cancelled
        }
        if task.isFatal { throw .failed(step) }
        expectation.order.append(step)
        if cancelling.contains(step) {
            // It stops some of the other branches, nobody knows which.
            if parallelDepth > 0 { throw .ambiguous }
            isStopping = true
        }
    }

    private static func json(_ values: [Int]) -> String { "[" + values.map(String.init).joined(separator: ",") + "]" }
}
