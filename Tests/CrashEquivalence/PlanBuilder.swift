internal import Sayiir

/// Builds the workflow of a plan, whose tasks report to a ``PlanWorld``.
struct PlanBuilder {
    let world: PlanWorld
    private let dress: PlanDress
    /// What stands before the plain ids of the nodes: empty, or the ids of the child workflows around.
    private var scope = ""
    /// The same with the ids as they are dressed.
    private var dressedScope = ""
    /// Whether the nodes are below a fork or map.
    private var isParallel = false

    /// What branches and keys are plainly called.
    static let letters = ["a", "b", "c", "d"]

    static func build(_ plan: FlowPlan, in world: PlanWorld) throws(FlowError) -> Workflow<Int, Int> {
        let builder = PlanBuilder(world: world)
        var flow = Flow(builder.dress.name("plan", "workflow"), input: Int.self)
        let choices = builder.dress.submission(hangs: plan.hangs)
        if let deadline = choices.flowDeadline { flow = flow.deadline(deadline) }
        if let size = choices.metadataSize { flow = flow.metadata(String(repeating: "m", count: max(0, size - 2))) }
        for name in choices.formerNames { flow = flow.formerly(name) }
        if choices.isHarmful { world.noteHarm("deadline") }
        let workflow = try builder.add(plan.nodes, to: flow, "").build()
        if let error = world.childError { throw error }
        return workflow
    }

    private init(world: PlanWorld) {
        self.world = world
        dress = world.dress
    }

    /// The id of the node with a plain id, as it is dressed.
    private func name(_ id: String, suffix: String = "") -> String {
        let name = dress.name(id, "node of '\(scope)'")
        world.note(NodeID(dressedScope + name + suffix), as: scope + id + suffix)
        return name
    }

    private func options(_ task: TaskPlan, of id: String, _ name: String) -> TaskOptions {
        var options = dress.options(task, of: scope + id, isParallel: isParallel)
        let size = dress.size(of: scope + id, isParallel: isParallel)
        if options.isHarmful { world.noteHarm("time-out of '\(scope + id)'") }
        if size.isHarmful {
            world.noteHarm("size of '\(scope + id)'")
            if let retries = task.retries { options.value.retries?.maxRetries = retries }
        }
        if let size = size.value { world.note(size: size, of: NodeID(dressedScope + name)) }
        return options.value
    }

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
            let name = name(id)
            return flow.then(name, options: options(task, of: id, name)) { (value: Int) in
                try await world.perform(task)
                return PlanArithmetic.add(task.adds, to: value)
            }
        case .delay(let seconds):
            let duration = dress.delay(seconds, of: scope + id)
            // A request to cancel may come too late then.
            if duration == .zero, seconds > 0 { world.noteHarm("delay '\(scope + id)'") }
            return flow.delay(name(id), duration)
        case .signal(let signal): return add(signal, to: flow, id)
        case .child(let body): return add(child: body, to: flow, id)
        case .fork(let style, let branches): return add(style, branches, to: flow, id)
        case .route(let branches, let fallback): return add(branches, fallback, to: flow, id)
        case .loop(let body, let max, let failsAtMax): return add(body, max, failsAtMax, to: flow, id)
        case .map(let body, let count, let concurrency):
            var inner = self
            inner.isParallel = true
            return flow.then(name(id + ".spread")) { value in
                try await world.perform()
                return PlanArithmetic.spread(value, count)
            }
            .map(name(id), concurrency: dress.concurrency(concurrency, of: scope + id)) {
                inner.add(body, to: $0, id + "a")
            }
            .then(name(id + ".gather")) { try await combine($0, in: world) }
        }
    }

    private func add<Input>(
        _ body: [PlanNode], _ max: Int, _ failsAtMax: Bool, to flow: FlowBuilder<Input, Int>, _ id: String
    ) -> FlowBuilder<Input, Int> {
        let world = world
        let limit = failsAtMax ? max : dress.iterations(max, of: scope + id)
        return flow.loop(as: name(id), maxIterations: limit, onMax: failsAtMax ? .fail : .exitWithLast) { inner in
            self.add(body, to: inner, id + "a").then(self.name(id + "adecide")) { value in
                try await world.perform()
                let iteration = TaskContext.current?.step.indices.last.map { Int($0) } ?? 0
                let isDone = PlanArithmetic.isDone(value) || (limit != max && iteration + 1 >= max)
                return isDone ? LoopResult.done(value) : .again(value)
            }
        }
    }

    private func add<Input>(_ signal: SignalPlan, to flow: FlowBuilder<Input, Int>, _ id: String) -> FlowBuilder<
        Input, Int
    > {
        let node = name(id)
        let name = dress.name(scope + id, "signal")
        world.note(signal, as: scope + id, named: name, isParallel: isParallel)
        let timeout = dress.timeout(signal, of: scope + id)
        var dice = dress.dice(.names, "declaration", of: scope + id)
        let isDeclared = dice.chance(1, of: 2)
        let declared = Signal(name, of: Int.self)
        if let timeout, signal.hasFallback {
            let fallback = SignalPlan.fallback
            return isDeclared
                ? flow.waitForSignal(declared, as: node, timeout: timeout, orElse: fallback)
                : flow.waitForSignal(name, as: node, timeout: timeout, orElse: fallback)
        }
        return isDeclared
            ? flow.waitForSignal(declared, as: node, timeout: timeout)
            : flow.waitForSignal(name, of: Int.self, as: node, timeout: timeout)
    }

    private func add<Input>(child body: [PlanNode], to flow: FlowBuilder<Input, Int>, _ id: String) -> FlowBuilder<
        Input, Int
    > {
        var inner = self
        let name = name(id)
        inner.scope = "\(scope)\(id)/"
        inner.dressedScope = "\(dressedScope)\(name)/"
        do throws(FlowError) {
            let workflow = dress.name("child", "workflow")
            return flow.thenFlow(try inner.add(body, to: Flow(workflow, input: Int.self), "").build(), as: name)
        } catch {
            // Then the parent is not built either.
            world.note(error)
            return flow
        }
    }

    private func add<Input>(
        _ style: JoinStyle, _ branches: [[PlanNode]], to flow: FlowBuilder<Input, Int>, _ id: String
    ) -> FlowBuilder<Input, Int> {
        let world = world
        let join = name(id + ".join")
        var inner = self
        inner.isParallel = true
        let names = Self.letters.prefix(branches.count).map { dress.name($0, "branch of \(scope)\(id)") }
        let all = zip(zip(Self.letters, names), branches).map { letters, nodes in
            Branch<Int, Int>(style == .byName ? letters.1 : nil) { inner.add(nodes, to: $0, id + letters.0) }
        }
        switch (style, all.count) {
        case (.byName, 1):
            return flow.fork(all[0]).join(byName: join) { try await combine($0, names, in: world) }
        case (.byName, 2):
            return flow.fork(all[0], all[1]).join(byName: join) { try await combine($0, names, in: world) }
        case (.byName, _):
            return flow.fork(all[0], all[1], all[2]).join(byName: join) { try await combine($0, names, in: world) }
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
        var allKeys = Self.letters.map { dress.name($0, "key of \(scope)\(id)") }
        let keys = Array(allKeys.prefix(branches.count))
        // What leads to the default branch must not be the key of another.
        if fallback != nil, keys.contains(where: { $0.isExactly(allKeys[keys.count]) }) { allKeys[keys.count] += "~" }
        _ = name(id, suffix: "::key_fn")
        let start = flow.route(keys: keys, as: name(id)) { [allKeys] (value: Int) in
            try await world.perform()
            return allKeys[PlanArithmetic.key(value, of: count)]
        }
        guard let first = branches.first else { return flow }
        var route = start.branch(keys[0]) { self.add(first, to: $0, id + Self.letters[0]) }
        for (number, nodes) in branches.enumerated().dropFirst() {
            route = route.branch(keys[number]) { self.add(nodes, to: $0, id + Self.letters[number]) }
        }
        if let fallback { route = route.defaultBranch { self.add(fallback, to: $0, id + Self.letters[keys.count]) } }
        return route.done().then(name(id + ".open")) { [allKeys] envelope in
            try await world.perform()
            let place = allKeys.firstIndex { $0.isExactly(envelope.branch) }
            return PlanArithmetic.combine([place ?? -1, envelope.result])
        }
    }
}

private func combine(_ values: [Int], in world: PlanWorld) async throws -> Int {
    try await world.perform()
    return PlanArithmetic.combine(values)
}

private func combine(_ results: BranchResults, _ names: [String], in world: PlanWorld) async throws -> Int {
    try await combine(names.map { try results[$0, as: Int.self] }, in: world)
}

extension TaskPlan {
    /// How long a task may take: longer than all delays together, so that it runs out of time only where it is to.
    static let limit = Duration.seconds(10 * 86_400)

    /// The options that the plan gives a task.
    var plainOptions: TaskOptions {
        TaskOptions(
            timeout: isTimed ? Self.limit : nil,
            retries: retries.map { RetryPolicy(maxRetries: $0, initialDelay: .seconds(20)) },
            execution: isAtMostOnce ? .atMostOnce : .atLeastOnce)
    }
}

extension FlowPlan {
    /// Whether a task of it hangs until its time is over.
    var hangs: Bool { nodes.contains(where: \.hangs) }
}

extension PlanNode {
    fileprivate var hangs: Bool {
        if case .task(let task) = self { return task.hangs }
        return bodies.contains { $0.contains(where: \.hangs) }
    }
}
