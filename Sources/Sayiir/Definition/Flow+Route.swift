/// The output of a route: the key that decided, and what its branch returned.
public struct BranchEnvelope<Result: Codable & Sendable>: Codable, Sendable {
    /// The key that the key function returned, also if the default branch was taken for it.
    public var branch: String
    /// What the branch returned.
    public var result: Result

    /// Pairs a key with a value.
    public init(branch: String, result: Result) {
        self.branch = branch
        self.result = result
    }
}

extension BranchEnvelope: Equatable where Result: Equatable {}
extension BranchEnvelope: Hashable where Result: Hashable {}

extension FlowBuilder {
    /// The flow followed by one of several branches, chosen by a function. The branches get the value that the function got.
    ///
    /// ```swift
    /// flow.route { (ticket: Ticket) in ticket.kind }            // enum Kind: CaseIterable
    ///     .branch(.billing) { $0.then(handleBilling) }
    ///     .branch(.tech) { $0.then(handleTech) }
    ///     .done()                                               // BranchEnvelope<Reply>
    /// ```
    ///
    /// Every case needs a branch, unless there is a default one; ``build(fileID:line:)`` tells which are missing. The key is stored as the
    /// case's raw value if that is a text, or its name: the function runs once.
    ///
    /// - Parameters:
    ///   - id: The route's name; `branch_0`, `branch_1`, … by default.
    ///   - options: What governs the function, which is a task like others.
    ///   - key: The function.
    public func route<Key: CaseIterable & Hashable & Sendable>(
        as id: String? = nil, options: TaskOptions = TaskOptions(),
        by key: @escaping @Sendable (Output) async throws -> Key
    ) -> RouteStart<Input, Output, Key> {
        let task = TaskNode(DurableTask("", options: options) { (value: Output) in routeKey(of: try await key(value)) })
        return RouteStart(flow: self, id: id, key: task, keys: Key.allCases.map(routeKey)) { routeKey(of: $0) }
    }

    /// The flow followed by one of several branches, chosen by a function that returns one of the given texts.
    ///
    /// - Parameters:
    ///   - keys: The texts that have a branch. Another one is for the default branch, and fails the workflow if there is none.
    ///   - id: The route's name; `branch_0`, `branch_1`, … by default.
    ///   - options: What governs the function, which is a task like others.
    ///   - key: The function.
    public func route(
        keys: [String], as id: String? = nil, options: TaskOptions = TaskOptions(),
        by key: @escaping @Sendable (Output) async throws -> String
    ) -> RouteStart<Input, Output, String> {
        let task = TaskNode(DurableTask("", options: options, key))
        return RouteStart(flow: self, id: id, key: task, keys: keys) { $0 }
    }
}

/// The text that stands for a case: its raw value if that is a text, or its name.
private func routeKey<Key: Sendable>(of key: Key) -> String {
    if let raw = key as? any RawRepresentable, let text = raw.rawValue as? String { return text }
    return "\(key)"
}

/// A flow that is about to branch: its first branch says what all of them return.
public struct RouteStart<Input: Codable & Sendable, Value: Codable & Sendable, Key: Sendable>: Sendable {
    let flow: FlowBuilder<Input, Value>
    let id: String?
    let key: TaskNode
    let keys: [String]
    let text: @Sendable (Key) -> String

    /// The branch that is taken for a key.
    public func branch<Body: FlowProtocol>(
        _ key: Key, body: (Flow<Value>) -> Body
    ) -> Route<Input, Value, Key, Body.Output> where Body.Input == Value { Route(self).branch(key, body: body) }

    /// The branch of one task that is taken for a key.
    public func branch<Result>(_ key: Key, _ task: DurableTask<Value, Result>) -> Route<Input, Value, Key, Result> {
        branch(key) { $0.then(task) }
    }

    /// The branch that is taken for keys without one of their own.
    public func defaultBranch<Body: FlowProtocol>(
        body: (Flow<Value>) -> Body
    ) -> Route<Input, Value, Key, Body.Output> where Body.Input == Value {
        Route(self).defaultBranch(body: body)
    }
}

/// A flow whose branches are being gathered.
public struct Route<
    Input: Codable & Sendable, Value: Codable & Sendable, Key: Sendable, Result: Codable & Sendable
>: Sendable {
    private let start: RouteStart<Input, Value, Key>
    private var draft: DraftRoute

    init(_ start: RouteStart<Input, Value, Key>) {
        self.start = start
        draft = DraftRoute(key: start.key, keys: start.keys, branches: []) { (key, value, codecs) throws(ValueError) in
            BranchEnvelope(branch: key, result: try value.get(as: Result.self, with: codecs))
        }
    }

    /// The branch that is taken for a key.
    public func branch<Body: FlowProtocol>(_ key: Key, body: (Flow<Value>) -> Body) -> Route
    where Body.Input == Value, Body.Output == Result {
        var route = self
        route.draft.branches.append((start.text(key), body(.empty).flow.draft))
        return route
    }

    /// The branch of one task that is taken for a key.
    public func branch(_ key: Key, _ task: DurableTask<Value, Result>) -> Route { branch(key) { $0.then(task) } }

    /// The branch that is taken for keys without one of their own.
    public func defaultBranch<Body: FlowProtocol>(body: (Flow<Value>) -> Body) -> Route
    where Body.Input == Value, Body.Output == Result {
        var route = self
        route.draft.fallback = body(.empty).flow.draft
        return route
    }

    /// Ends the branching: the flow goes on with the key and what its branch returned.
    public func done() -> FlowBuilder<Input, BranchEnvelope<Result>> { start.flow.adding(.route(draft), id: start.id) }
}
