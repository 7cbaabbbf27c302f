/// Finds a small plan that fails like a large one.
struct Shrinker {
    /// Whether a plan still fails.
    let fails: (FlowPlan) async -> Bool

    /// The smallest plan that was found by making `plan` simpler as long as it fails.
    func shrink(_ plan: FlowPlan, limit: Int = 400) async -> FlowPlan {
        var best = plan
        var tries = 0
        search: while tries < limit {
            for candidate in Self.simpler(best) {
                tries += 1
                if tries > limit { break search }
                if await fails(candidate) {
                    best = candidate
                    continue search
                }
            }
            break
        }
        return best
    }

    /// Plans that are a little simpler, the most simplified first. None depends on chance.
    static func simpler(_ plan: FlowPlan) -> [FlowPlan] {
        var plans: [FlowPlan] = []
        for index in plan.requests.indices {
            var smaller = plan
            smaller.requests.remove(at: index)
            plans.append(smaller)
        }
        for nodes in simpler(plan.nodes) {
            var smaller = plan
            smaller.nodes = nodes
            plans.append(smaller)
        }
        if plan.input > 0 {
            var smaller = plan
            smaller.input = 0
            plans.append(smaller)
        }
        return plans.filter { !PlanInterpreter.expectation(of: $0).isAmbiguous }
    }

    private static func simpler(_ nodes: [PlanNode]) -> [[PlanNode]] {
        var sequences: [[PlanNode]] = []
        for index in nodes.indices where nodes.count > 1 {
            var shorter = nodes
            shorter.remove(at: index)
            sequences.append(shorter)
        }
        for index in nodes.indices {
            for replacement in simpler(nodes[index]) {
                var changed = nodes
                changed.replaceSubrange(index...index, with: replacement)
                sequences.append(changed)
            }
        }
        return sequences
    }

    /// What may stand in a node's place.
    private static func simpler(_ node: PlanNode) -> [[PlanNode]] {
        let plain = PlanNode.task(TaskPlan())
        if node == plain { return [] }
        var all = [[plain]]
        switch node {
        case .task(let task): all += simpler(task).map { [.task($0)] }
        case .delay(let seconds): if seconds > 1 { all.append([.delay(seconds: 1)]) }
        case .signal: break
        case .fork(let style, let branches):
            all += branches
            for index in branches.indices where branches.count > 1 {
                var fewer = branches
                fewer.remove(at: index)
                all.append([.fork(style, fewer)])
            }
            all += simpler(each: branches).map { [.fork(style, $0)] }
        case .route(let branches, let fallback):
            all += branches
            if fallback != nil { all.append([.route(branches, fallback: nil)]) }
            if branches.count > 1 { all.append([.route(Array(branches.prefix(1)), fallback: fallback)]) }
            all += simpler(each: branches).map { [.route($0, fallback: fallback)] }
            if let fallback { all += simpler(fallback).map { [.route(branches, fallback: $0)] } }
        case .loop(let body, let max, let failsAtMax):
            if !body.isEmpty { all += [body, [.loop([], max: max, failsAtMax: failsAtMax)]] }
            if max > 1 { all.append([.loop(body, max: max - 1, failsAtMax: failsAtMax)]) }
            all += simpler(body).map { [.loop($0, max: max, failsAtMax: failsAtMax)] }
        case .child(let body):
            all.append(body)
            all += simpler(body).map { [.child($0)] }
        case .map(let body, let count, let concurrency):
            all.append(body)
            if count > 0 { all.append([.map(body, count: count - 1, concurrency: concurrency)]) }
            if concurrency > 1 { all.append([.map(body, count: count, concurrency: concurrency - 1)]) }
            all += simpler(body).map { [.map($0, count: count, concurrency: concurrency)] }
        }
        return all
    }

    private static func simpler(each bodies: [[PlanNode]]) -> [[[PlanNode]]] {
        bodies.indices.flatMap { index in
            simpler(bodies[index]).map { body in
                var changed = bodies
                changed[index] = body
                return changed
            }
        }
    }

    private static func simpler(_ task: TaskPlan) -> [TaskPlan] {
        var all: [TaskPlan] = []
        if task.isTimed && !task.hangs { all.append(task.with { $0.isTimed = false }) }
        if task.hangs { all.append(task.with { $0.hangs = false }) }
        // Below a fork a task must not fail for good because its retries were taken away.
        if task.failures > 0 && !task.isFatal { all.append(task.with { $0.failures -= 1 }) }
        if task.failures == 0 && task.retries != nil { all.append(task.with { $0.retries = nil }) }
        if task.isAtMostOnce { all.append(task.with { $0.isAtMostOnce = false }) }
        return all
    }
}

extension TaskPlan {
    fileprivate func with(_ change: (inout TaskPlan) -> Void) -> TaskPlan {
        var copy = self
        change(&copy)
        return copy
    }
}
