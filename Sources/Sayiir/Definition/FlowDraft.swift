internal import SayiirEvents

/// What a flow has gathered so far: nodes in order, and what is wrong with them.
struct FlowDraft: Sendable {
    private(set) var nodes: [Graph.Node] = []
    /// The workflow's metadata, as JSON.
    private(set) var metadata: Payload?
    private(set) var problems: [FlowError.Problem] = []
    private var ids: Set<NodeID> = []
    private var anonymousCount = 0

    /// Adds a task behind the last node.
    mutating func append<Input, Output>(_ task: DurableTask<Input, Output>, id: NodeID) {
        for problem in task.options.problems { problems.append(.invalidOption(id, problem)) }
        append(Graph.Node(id: id, kind: .task(TaskNode(task, id: id))))
    }

    /// Keeps a value for ``metadata``, in the place of the one before.
    mutating func setMetadata(_ value: some Encodable & Sendable) {
        do throws(ValueError) {
            metadata = try Codecs(writing: JSONCodec()).encode(value)
        } catch {
            problems.append(.invalidMetadata(error.reason))
        }
    }

    /// A name for a function that has none: `lambda_0`, `lambda_1`, … over the whole flow.
    mutating func nextAnonymousID() -> String {
        defer { anonymousCount += 1 }
        return "lambda_\(anonymousCount)"
    }

    private mutating func append(_ node: Graph.Node) {
        if !ids.insert(node.id).inserted { problems.append(.duplicateID(node.id)) }
        var node = node
        if !nodes.isEmpty {
            node.predecessor = nodes.count - 1
            nodes[nodes.count - 1].successor = nodes.count
        }
        nodes.append(node)
    }

    /// The graph, if nothing is wrong with it.
    func graph() throws(FlowError) -> Graph {
        guard let graph = Graph(nodes) else { throw FlowError(problems: [.noTask] + problems) }
        guard problems.isEmpty else { throw FlowError(problems: problems) }
        return graph
    }
}
