internal import Sayiir

/// Builds the workflow of a plan, whose tasks report to a ``PlanWorld``.
struct PlanBuilder {
    let world: PlanWorld
    /// What stands before the ids of the nodes: empty, or the ids of the child workflows around.
    private var scope = ""

    /// What branches and keys are called.
    static let letters = ["a", "b", "c", "d"]

    static func build(_ plan: FlowPlan, in world: PlanWorld) throws(FlowError) -> Workflow<Int, Int> {
        try PlanBuilder(world: world).add(plan.nodes, to: Flow("plan", input: Int.self), "").build()
    }

    private init(world: PlanWorld) { self.world = world }

    private func add<Input>(_ nodes: [PlanNode], to flow: FlowBuilder<Input, Int>, _ path: String) -> FlowBuilder<
        Input, Int
    > {
        var flow = flow
        for (number, node) in nodes.enumerated() { flow = add(node, to: flow, path + "\(number)") }
        return flow
    }

    private func add<Input>(_ node: PlanNode, to flow: FlowBuilder<Input, Int>, _ id: String) -> FlowBuilder<Input, Int>
    {
        let world = world
        switch node {
        case .task(let task):
            return flow.then(id, options: task.options) { (value: Int) in
                try await world.perform(task)
                return PlanArithmetic.add(task.adds, to: value)
            }
        case .delay(let seconds): return flow.delay(id, .seconds(seconds))
        case .signal(let signal): return add(signal, to: flow, id)
        case .child(let body): return add(child: body, to: flow, id)
        case .fork(let style, let branches): return add(style, branches, to: flow, id)
        case .route(let branches, let fallback): return add(branches, fallback, to: flow, id)
        case .loop(let body, let max, let failsAtMax):
            return flow.loop(as: id, maxIterations: max, onMax: failsAtMax ? .fail : .exitWithLast) { inner in
                self.add(body, to: inner, id + "a").then(id + "adecide") { value in
                    try await world.perform()
                    return PlanArithmetic.isDone(value) ? LoopResult.done(value) : .again(value)
                }
            }
        case .map(let body, let count, let concurrency):
            return flow.then(id + ".spread") { value in
                try await world.perform()
                return PlanArithmetic.spread(value, count)
            }
            .map(id, concurrency: concurrency) { self.add(body, to: $0, id + "a") }
            .then(id + ".gather") { try await combine($0, in: world) }
        }
    }

    private func add<Input>(_ signal: SignalPlan, to flow: FlowBuilder<Input, Int>, _ id: String) -> FlowBuilder<
        Input, Int
    > {
        if let timeout = signal.timeout, signal.hasFallback {
            return flow.waitForSignal(scope + id, as: id, timeout: .seconds(timeout), orElse: SignalPlan.fallback)
        }
        return flow.waitForSignal(scope + id, of: Int.self, as: id, timeout: signal.timeout.map { .seconds($0) })
    }

    private func add<Input>(child body: [PlanNode], to flow: FlowBuilder<Input, Int>, _ id: String) -> FlowBuilder<
        Input, Int
    > {
        var inner = self
        inner.scope = "\(scope)\(id)/"
        guard let child = try? inner.add(body, to: Flow("child", input: Int.self), "").build() else {
            // Without its child the parent does not go as expected, so this is seen.
            return flow
        }
        return flow.thenFlow(child, as: id)
    }

    private func add<Input>(
        _ style: JoinStyle, _ branches: [[PlanNode]], to flow: FlowBuilder<Input, Int>, _ id: String
    ) -> FlowBuilder<Input, Int> {
        let world = world
        let join = id + ".join"
        let all = zip(Self.letters, branches).map { letter, nodes in
            Branch<Int, Int>(style == .byName ? letter : nil) { self.add(nodes, to: $0, id + letter) }
        }
        switch (style, all.count) {
        case (.byName, 1): return flow.fork(all[0]).join(byName: join) { try await combine($0, in: world) }
        case (.byName, 2): return flow.fork(all[0], all[1]).join(byName: join) { try await combine($0, in: world) }
        case (.byName, _):
            return flow.fork(all[0], all[1], all[2]).join(byName: join) { try await combine($0, in: world) }
        case (.typed, 1): return flow.fork(all[0]).join(join) { try await combine([$0], in: world) }
        case (.typed, 2):
            return flow.fork(all[0], all[1]).join(join) { try await combine([$0, $1], in: world) }
        case (.typed, 3):
            return flow.fork(all[0], all[1], all[2]).join(join) { try await combine([$0, $1, $2], in: world) }
        default:
            return flow.fork(all).join(join) { try await combine($0, in: world) }
        }
    }

    private func add<Input>(
        _ branches: [[PlanNode]], _ fallback: [PlanNode]?, to flow: FlowBuilder<Input, Int>, _ id: String
    ) -> FlowBuilder<Input, Int> {
        let world = world
        let count = branches.count + (fallback == nil ? 0 : 1)
        let keys = Array(Self.letters.prefix(branches.count))
        let start = flow.route(keys: keys, as: id) { (value: Int) in
            try await world.perform()
            return Self.letters[PlanArithmetic.key(value, of: count)]
        }
        guard let first = branches.first else { return flow }
        var route = start.branch(keys[0]) { self.add(first, to: $0, id + keys[0]) }
        for (key, nodes) in zip(keys, branches).dropFirst() {
            route = route.branch(key) { self.add(nodes, to: $0, id + key) }
        }
        if let fallback { route = route.defaultBranch { self.add(fallback, to: $0, id + Self.letters[keys.count]) } }
        return route.done().then(id + ".open") { envelope in
            try await world.perform()
            return PlanArithmetic.combine([Self.letters.firstIndex(of: envelope.branch) ?? -1, envelope.result])
        }
    }
}

private func combine(_ values: [Int], in world: PlanWorld) async throws -> Int {
    try await world.perform()
    return PlanArithmetic.combine(values)
}

private func combine(_ results: BranchResults, in world: PlanWorld) async throws -> Int {
    try await combine(["a", "b", "c"].prefix(results.names.count).map { try results[$0, as: Int.self] }, in: world)
}

extension TaskPlan {
    /// How long a task may take: longer than all delays together, so that it runs out of time only where it is to.
    static let limit = Duration.seconds(10 * 86_400)

    fileprivate var options: TaskOptions {
        TaskOptions(
            timeout: isTimed ? Self.limit : nil,
            retries: retries.map { RetryPolicy(maxRetries: $0, initialDelay: .seconds(20)) },
            execution: isAtMostOnce ? .atMostOnce : .atLeastOnce)
    }
}
