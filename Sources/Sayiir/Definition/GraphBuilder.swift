internal import SayiirEvents

/// Makes a ``Graph`` of a draft: names what has no name, and gathers all that is wrong.
struct GraphBuilder {
    private var nodes: [Graph.Node] = []
    private var sequences: [Graph.Sequence] = []
    private var ids: Set<NodeID> = []
    private var problems: [FlowError.Problem] = []

    /// Where names are counted: the workflow, or a child workflow within it.
    private struct Scope {
        /// What stands before the ids: empty, or the ids of the child workflows around, each with a slash.
        var prefix = ""
        private var counts: [String: Int] = [:]

        init(prefix: String = "") { self.prefix = prefix }

        /// The next name of its kind: `lambda_0`, `lambda_1`.
        mutating func nextName(_ kind: String) -> String {
            defer { counts[kind, default: 0] += 1 }
            return "\(kind)_\(counts[kind, default: 0])"
        }
    }

    /// The graph of a draft.
    ///
    /// - Throws: ``FlowError`` with everything that is wrong with it.
    static func build(_ draft: FlowDraft, named name: String = "") throws(FlowError) -> Graph {
        var builder = GraphBuilder()
        if case .failure(let error) = draft.metadata { builder.problems.append(.invalidMetadata(error.reason)) }
        if case .success(let metadata) = draft.metadata, metadata.bytes.count > TextLimits.metadata {
            let text = "it has \(metadata.bytes.count) bytes (max \(TextLimits.metadata))"
            builder.problems.append(.invalidMetadata(text))
        }
        builder.check(name, "The flow's name")
        if let deadline = draft.deadline { builder.check(deadline, "deadline", of: "Workflow") }
        if draft.nodes.isEmpty { builder.problems.append(.noTask) }
        var scope = Scope()
        _ = builder.add(draft, owner: nil, in: &scope)
        guard builder.problems.isEmpty else { throw FlowError(problems: builder.problems) }
        for case (let id, .task(let task)) in builder.nodes.map({ ($0.id, $0.kind) }) {
            TaskNames.keep("task '\(id)' of workflow '\(name)'", for: task.number)
        }
        return Graph(nodes: builder.nodes, sequences: builder.sequences)
    }

    /// Adds a sequence with all that is in it; gives its place. An empty one has the places of no node: it is a problem that
    /// was noted.
    private mutating func add(_ draft: FlowDraft, named name: String = "", owner: Int?, in scope: inout Scope) -> Int {
        let sequence = sequences.count
        sequences.append(Graph.Sequence(name: name, owner: owner, first: nodes.count, last: nodes.count))
        var predecessor: Int?
        for node in draft.nodes.all {
            let place = nodes.count
            let localID = node.id ?? anonymousName(node.kind, &scope)
            // A key function has an id made of its route's.
            if node.id?.hasSuffix(Self.keySuffix) != true { check(localID, "A node's id") }
            nodes.append(
                Graph.Node(
                    id: NodeID(scope.prefix + localID), localID: localID, kind: .delay(.zero), sequence: sequence,
                    predecessor: predecessor, successor: nil))
            if let predecessor { nodes[predecessor].successor = place }
            nodes[place].kind = resolve(node.kind, at: place, in: &scope)
            if !ids.insert(nodes[place].id).inserted { problems.append(.duplicateID(nodes[place].id)) }
            check(nodes[place].id.rawValue, "A node's id", limit: TextLimits.derivedID)
            predecessor = place
        }
        sequences[sequence].last = predecessor ?? nodes.count
        return sequence
    }

    private func anonymousName(_ kind: DraftNode.Kind, _ scope: inout Scope) -> String {
        switch kind {
        case .task: scope.nextName("lambda")
        case .delay: scope.nextName("delay")
        case .signal(let signal): signal.signal
        // Known only when its branches are.
        case .fork: ""
        case .route: scope.nextName("branch")
        case .loop: scope.nextName("loop")
        case .map: scope.nextName("map")
        case .child: scope.nextName("child")
        }
    }

    private mutating func resolve(_ kind: DraftNode.Kind, at place: Int, in scope: inout Scope) -> Graph.Kind {
        let id = nodes[place].id
        switch kind {
        case .task(let task):
            for problem in task.options.problems { problems.append(.invalid("Task '\(id)': \(problem)")) }
            return .task(task)
        case .delay(let duration):
            check(duration, "delay duration", of: "Delay '\(id)'")
            return .delay(duration)
        case .signal(let signal):
            check(signal.signal, "A signal's name")
            if let timeout = signal.timeout { check(timeout, "timeout", of: "Signal '\(id)'") }
            return .signal(signal)
        case .fork(let branches):
            return fork(branches, at: place, in: &scope)
        case .route(let route):
            return self.route(route, at: place, in: &scope)
        case .loop(let body, var loop):
            if loop.maxIterations < 1 { problems.append(.invalid("Loop '\(id)': max_iterations must be at least 1")) }
            if body.nodes.isEmpty { problems.append(.emptyBranch(id)) }
            loop.body = add(body, owner: place, in: &scope)
            return .loop(loop)
        case .map(let body, var map):
            if map.concurrency < 1 { problems.append(.invalid("Map '\(id)': concurrency must be at least 1")) }
            if body.nodes.isEmpty { problems.append(.emptyBranch(id)) }
            map.body = add(body, owner: place, in: &scope)
            return .map(map)
        case .child(let draft, let workflow):
            check(workflow, "A child workflow's name")
            var inner = Scope(prefix: "\(id)/")
            return .child(body: add(draft, owner: place, in: &inner), workflow: workflow)
        }
    }

    /// A fork is called after the first nodes of its branches, unless it has a name.
    private mutating func fork(_ branches: [DraftBranch], at place: Int, in scope: inout Scope) -> Graph.Kind {
        if branches.isEmpty { problems.append(.noBranch) }
        var places: [Int] = []
        var names: Set<ExactText> = []
        for branch in branches {
            if branch.draft.nodes.isEmpty { problems.append(.emptyBranch(nodes[place].id)) }
            check(branch.name ?? "", "A branch's name")
            let sequence = add(branch.draft, owner: place, in: &scope)
            let first = sequences[sequence].first
            sequences[sequence].name = branch.name ?? (first < nodes.count ? nodes[first].localID : "")
            if !names.insert(ExactText(sequences[sequence].name)).inserted {
                problems.append(.duplicateBranch(sequences[sequence].name))
            }
            places.append(sequence)
        }
        if nodes[place].localID.isEmpty {
            let firsts = places.compactMap { nodes.indices.contains(sequences[$0].first) ? sequences[$0].first : nil }
            // A single branch must not make the fork's name its own.
            nodes[place].localID =
                firsts.map { nodes[$0].localID }.joined(separator: "||") + (firsts.count == 1 ? "||" : "")
            nodes[place].id = NodeID(scope.prefix + nodes[place].localID)
        }
        return .fork(branches: places)
    }

    private mutating func route(_ route: DraftRoute, at place: Int, in scope: inout Scope) -> Graph.Kind {
        let id = nodes[place].id
        let keyTask = FlowDraft(
            nodes: DraftNodes([DraftNode(id: nodes[place].localID + Self.keySuffix, kind: .task(route.key))]))
        let key = add(keyTask, owner: place, in: &scope)
        for text in route.keys { check(text, "A route's key") }
        var branches: [ExactText: Int] = [:]
        for branch in route.branches {
            if branch.draft.nodes.isEmpty { problems.append(.emptyBranch(id)) }
            if !route.keys.contains(where: { $0.isExactly(branch.key) }) {
                problems.append(.undeclaredKey(branch.key, declared: route.keys))
            }
            let sequence = add(branch.draft, named: branch.key, owner: place, in: &scope)
            if branches.updateValue(sequence, forKey: ExactText(branch.key)) != nil {
                problems.append(.duplicateBranch(branch.key))
            }
        }
        let missing = route.keys.filter { branches[ExactText($0)] == nil }
        if route.fallback == nil, !missing.isEmpty || route.keys.isEmpty { problems.append(.missingKeys(missing)) }
        if let fallback = route.fallback, fallback.nodes.isEmpty { problems.append(.emptyBranch(id)) }
        let fallback = route.fallback.map { add($0, named: "default", owner: place, in: &scope) }
        return .route(RouteNode(key: key, branches: branches, fallback: fallback, envelope: route.envelope))
    }

    private static let keySuffix = "::key_fn"

    private mutating func check(_ text: String, _ what: String, limit: Int = TextLimits.name) {
        if let problem = TextLimits.problem(with: text, limit: limit) {
            problems.append(.invalid("\(what) \(problem)"))
        }
    }

    private mutating func check(_ duration: Duration, _ what: String, of node: String) {
        if duration < .zero {
            problems.append(.invalid("\(node): \(what) must be a finite non-negative number"))
        } else if duration > .longestWait {
            problems.append(.invalid("\(node): \(what) must not be longer than 200 years"))
        }
    }
}
