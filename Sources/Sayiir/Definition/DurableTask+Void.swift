// `Void` cannot be stored. Without these initializers the compiler reports only that '()' does not conform to
// 'Encodable' and 'Decodable'. They are not available either, but their message says what to do.
//
// `FlowBuilder.then` and `Fork.join` have no such overloads. In the middle of a flow the compiler would discard the
// value of a closure that has a wrong type, to make it fit the overload, and would report that instead of the two
// types.

extension DurableTask where Output == Nothing {
    /// Not available: a task returns a value that can be stored.
    @available(
        *, unavailable,
        message: "a task stores what it returns: return a Codable and Sendable value, or Nothing() instead of Void"
    )
    public init(
        _ id: String, options: TaskOptions, _ body: @escaping @Sendable (Input) async throws -> Void
    ) {
        self.init(id, options: options) { (input: Input) -> Nothing in
            try await body(input)
            return Nothing()
        }
    }

    /// Not available: a task returns a value that can be stored.
    @available(
        *, unavailable,
        message: "a task stores what it returns: return a Codable and Sendable value, or Nothing() instead of Void"
    )
    public init(
        _ id: String, timeout: Duration? = nil, retries: RetryPolicy? = nil,
        execution: TaskOptions.Execution = .atLeastOnce, priority: Int? = nil, tags: [String] = [],
        displayName: String? = nil, description: String? = nil, version: String? = nil, sensitive: Bool = false,
        _ body: @escaping @Sendable (Input) async throws -> Void
    ) {
        let options = TaskOptions(
            timeout: timeout, retries: retries, execution: execution, priority: priority, tags: tags,
            displayName: displayName, description: description, version: version, sensitive: sensitive)
        self.init(id, options: options, body)
    }

    /// Not available: a task returns a value that can be stored.
    @available(
        *, unavailable,
        message: "a task stores what it returns: return a Codable and Sendable value, or Nothing() instead of Void"
    )
    public init(
        _ id: String, timeout: Duration? = nil, retries: Int,
        execution: TaskOptions.Execution = .atLeastOnce, priority: Int? = nil, tags: [String] = [],
        displayName: String? = nil, description: String? = nil, version: String? = nil, sensitive: Bool = false,
        _ body: @escaping @Sendable (Input) async throws -> Void
    ) {
        let options = TaskOptions(
            timeout: timeout, retries: retries, execution: execution, priority: priority, tags: tags,
            displayName: displayName, description: description, version: version, sensitive: sensitive)
        self.init(id, options: options, body)
    }
}
