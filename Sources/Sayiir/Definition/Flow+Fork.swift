/// One of several sequences that run at the same time.
///
/// ```swift
/// Branch("stock") { $0.then(checkStock).then(reserve) }
/// ```
public struct Branch<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    let draft: DraftBranch

    /// A branch of any nodes.
    ///
    /// - Parameters:
    ///   - name: What the branch is called in histories and ``BranchResults``; the id of its first node by default.
    ///   - body: Adds the branch's nodes to an empty flow.
    public init<Body: FlowProtocol>(_ name: String? = nil, body: (Flow<Input>) -> Body)
    where Body.Input == Input, Body.Output == Output {
        draft = DraftBranch(name: name, draft: body(.empty).flow.draft)
    }

    /// A branch of one task, called after it.
    public init(_ task: DurableTask<Input, Output>) { self.init { $0.then(task) } }
}

extension FlowBuilder {
    /// The flow followed by branches of the same type, whose number is known when the flow is built.
    ///
    /// ``ArrayFork/join(_:options:_:)`` gets their outputs in the order of the branches.
    public func fork<Result>(_ branches: [Branch<Output, Result>]) -> ArrayFork<Input, Result> {
        ArrayFork(name: name, draft: adding(branches.map(\.draft)))
    }

    /// Adds a fork of any number of branches.
    func forked<each Result>(_ branches: repeat Branch<Output, each Result>) -> Fork<Input, repeat each Result> {
        var drafts: [DraftBranch] = []
        for branch in repeat each branches { drafts.append(branch.draft) }
        return Fork(name: name, draft: adding(drafts))
    }

    private func adding(_ branches: [DraftBranch]) -> FlowDraft {
        var draft = draft
        draft.nodes = draft.nodes.adding(DraftNode(id: nil, kind: .fork(branches)))
        return draft
    }
}

/// A flow whose branches wait to be joined.
public struct Fork<Input: Codable & Sendable, each Result: Codable & Sendable>: Sendable {
    let name: String
    let draft: FlowDraft

    /// The flow followed by a task that takes the outputs of the branches, in the order of their declaration.
    public func join<Next: Codable & Sendable>(
        _ id: String, options: TaskOptions = TaskOptions(),
        _ body: @escaping @Sendable (repeat each Result) async throws -> Next
    ) -> FlowBuilder<Input, Next> {
        let task = TaskNode(options: options) { (results: (repeat each Result)) in
            try await body(repeat each results)
        } input: { (value, codecs) throws(ValueError) in
            var results = BranchResults.Reader(try BranchResults(value, codecs))
            return (repeat try results.next((each Result).self))
        }
        return joined(by: task, id)
    }

    /// The flow followed by a task that takes the outputs of the branches by their names.
    public func join<Next: Codable & Sendable>(
        byName id: String, options: TaskOptions = TaskOptions(),
        _ body: @escaping @Sendable (BranchResults) async throws -> Next
    ) -> FlowBuilder<Input, Next> {
        joined(by: TaskNode(options: options, body: body, input: BranchResults.init), id)
    }

    private func joined<Next>(by task: TaskNode, _ id: String) -> FlowBuilder<Input, Next> {
        Flow<Input>(name: name, draft: draft).adding(.task(task), id: id)
    }
}

/// A flow whose branches, all of one type, wait to be joined.
public struct ArrayFork<Input: Codable & Sendable, Result: Codable & Sendable>: Sendable {
    let name: String
    let draft: FlowDraft

    /// The flow followed by a task that takes the outputs of the branches, in the order of their declaration.
    public func join<Next: Codable & Sendable>(
        _ id: String, options: TaskOptions = TaskOptions(), _ body: @escaping @Sendable ([Result]) async throws -> Next
    ) -> FlowBuilder<Input, Next> {
        let task = TaskNode(options: options, body: body) { (value, codecs) throws(ValueError) in
            try BranchResults(value, codecs).outputs(as: Result.self)
        }
        return Flow<Input>(name: name, draft: draft).adding(.task(task), id: id)
    }
}
