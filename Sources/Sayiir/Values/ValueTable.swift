internal import SayiirEvents
internal import SayiirProjection

/// Finds the input and the output of each step of an instance.
///
/// A step's input is the output of the node before it in the graph, never just what was stored last. What is remembered here of
/// this process's own values only saves decoding: without it the same values are found in the state.
struct ValueTable: Sendable {
    let graph: Graph
    let codecs: Codecs
    /// The output of the step of this process that ended last.
    private var latest: (step: Step, output: NodeValue)?
    /// Earlier ones that may still be taken.
    private var outputs: [Step: NodeValue] = [:]
    /// The arrays of maps that are under way: taking them apart for each element would cost too much.
    private var arrays: [Step: [any Sendable]] = [:]

    init(graph: Graph, codecs: Codecs) {
        self.graph = graph
        self.codecs = codecs
    }

    /// Outputs that are worth remembering: as many as the steps that are under way at the same time, in most workflows.
    private static let rememberedOutputs = 64

    mutating func remember(_ output: NodeValue, of step: Step) {
        if let latest, !isTaken(latest.step, by: step) {
            if outputs.count >= Self.rememberedOutputs { outputs.removeAll(keepingCapacity: true) }
            outputs[latest.step] = latest.output
        }
        latest = (step, output)
    }

    /// Whether `next` is what comes behind `step` in its sequence: who has taken an output and ended, was the only one to want it.
    private func isTaken(_ step: Step, by next: Step) -> Bool {
        guard step.indices == next.indices, let place = graph.place(of: next.node) else { return false }
        return graph.nodes[place].predecessor.map { graph.nodes[$0].id == step.node } ?? false
    }

    private func remembered(_ step: Step) -> NodeValue? {
        if let latest, latest.step == step { return latest.output }
        return outputs.isEmpty ? nil : outputs[step]
    }

    // MARK: Inputs

    /// What the step takes.
    func input(of step: Step, in state: InstanceState) throws(ValueError) -> NodeValue {
        // In a loop, since a thousand delays may follow each other, each passing on what it got.
        var step = step
        while true {
            guard let place = graph.place(of: step.node) else { throw Self.unknown(step) }
            if let predecessor = graph.nodes[place].predecessor {
                step = Step(graph.nodes[predecessor].id, indices: step.indices)
                guard case .delay = graph.nodes[predecessor].kind else { return try output(of: step, in: state) }
                continue
            }
            let sequence = graph.nodes[place].sequence
            guard let owner = graph.sequences[sequence].owner.map({ graph.nodes[$0] }) else {
                return try submitted(state)
            }
            switch owner.kind {
            case .loop(let loop): return try inputOfIteration(loop, owner, step.indices, state)
            case .map(let map): return try element(map, owner, step.indices, state)
            default: step = Step(owner.id, indices: step.indices)
            }
        }
    }

    private func submitted(_ state: InstanceState) throws(ValueError) -> NodeValue {
        guard let input = state.input else { throw ValueError(reason: "the workflow's input is not in the history") }
        return .stored(input)
    }

    private func inputOfIteration(
        _ loop: LoopNode, _ node: Graph.Node, _ indices: [UInt32], _ state: InstanceState
    ) throws(ValueError) -> NodeValue {
        guard let iteration = indices.last else { throw Self.unknown(Step(node.id)) }
        let outer = Array(indices.dropLast())
        if iteration == 0 { return try input(of: Step(node.id, indices: outer), in: state) }
        return .live(try result(ofIteration: iteration - 1, of: loop, outer, state).value, nil)
    }

    private func element(
        _ map: MapNode, _ node: Graph.Node, _ indices: [UInt32], _ state: InstanceState
    ) throws(ValueError) -> NodeValue {
        let step = Step(node.id, indices: Array(indices.dropLast()))
        let elements = try elements(of: map, step, state)
        guard let index = indices.last.map(Int.init), index < elements.count else { throw Self.unknown(step) }
        return .live(elements[index], nil)
    }

    // MARK: Outputs

    /// What the step gave.
    func output(of step: Step, in state: InstanceState) throws(ValueError) -> NodeValue {
        if let known = remembered(step) { return known }
        guard let node = graph[step.node], let known = state.steps[step] else { throw Self.unknown(step) }
        switch node.kind {
        case .task, .signal:
            guard let payload = known.output else { throw Self.unknown(step) }
            return .stored(payload)
        case .delay:
            return try input(of: step, in: state)
        case .fork(let branches):
            var outputs: [(name: String, value: NodeValue)] = []
            for branch in branches {
                outputs.append((graph.sequences[branch].name, try output(of: branch, step.indices, state)))
            }
            return .branches(outputs)
        case .route(let route):
            guard case .route(let key, let isDefault) = known.kind,
                let branch = isDefault ? route.fallback : route.branches[ExactText(key)]
            else { throw Self.unknown(step) }
            return .live(try route.envelope(key, output(of: branch, step.indices, state), codecs), nil)
        case .loop(let loop):
            guard case .loop(let iterations, _, _) = known.kind, iterations > 0 else { throw Self.unknown(step) }
            return .live(try result(ofIteration: iterations - 1, of: loop, step.indices, state).value, nil)
        case .map(let map):
            guard case .map(let count, let finished) = known.kind, finished.count == count else {
                throw Self.unknown(step)
            }
            var outputs: [NodeValue] = []
            outputs.reserveCapacity(finished.count)
            for index in 0..<count { outputs.append(try output(of: map.body, step.indices + [index], state)) }
            return .live(try map.gather(outputs, codecs), nil)
        case .child(let body, _):
            return try output(of: body, step.indices, state)
        }
    }

    /// What the last node of a sequence gave.
    func output(
        of sequence: Int, _ indices: [UInt32], _ state: InstanceState
    ) throws(ValueError) -> NodeValue {
        let last = graph.nodes[graph.sequences[sequence].last]
        return try output(of: Step(last.id, indices: indices), in: state)
    }

    /// What the body of a loop decided.
    func result(
        ofIteration iteration: UInt32, of loop: LoopNode, _ outer: [UInt32], _ state: InstanceState
    ) throws(ValueError) -> (decision: Event.LoopDecision, value: any Sendable) {
        try loop.unwrap(output(of: loop.body, outer + [iteration], state), codecs)
    }

    // MARK: Maps

    /// Takes the input of a map apart, and remembers it while the map is under way.
    mutating func beginMap(_ map: MapNode, _ step: Step, in state: InstanceState) throws(ValueError) -> Int {
        let elements = try elements(of: map, step, state)
        arrays[step] = elements
        return elements.count
    }

    private func elements(
        of map: MapNode, _ step: Step, _ state: InstanceState
    ) throws(ValueError) -> [any Sendable] {
        if let known = arrays[step] { return known }
        return try map.split(input(of: step, in: state), codecs)
    }

    mutating func endMap(_ step: Step) { arrays[step] = nil }

    private static func unknown(_ step: Step) -> ValueError {
        ValueError(reason: "the output of '\(step)' is not in the history")
    }
}
