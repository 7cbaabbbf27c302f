/// One step of a workflow: an ordinary function with a name, whose output is stored once it has returned.
///
/// ```swift
/// let charge = DurableTask("charge", timeout: .seconds(30), retries: 3) { (order: Order) in
///     try await payments.charge(order.total, idempotencyKey: TaskContext.current?.idempotencyKey)
/// }
/// ```
///
/// The function may do anything: call services, read the clock, take its time. It runs once in the usual case. If it throws, it
/// runs again as ``TaskOptions/retries`` says; if the process dies before its output is stored, it runs again at
/// resumption, unless ``TaskOptions/execution`` forbids it. After that it never runs again.
///
/// A task is a value: it can be used in any number of flows, once in each unless it is given another id there.
public struct DurableTask<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    /// The task's name, unique within a flow and kept in histories: do not change it lightly.
    public let id: String
    /// What governs the task.
    public let options: TaskOptions
    let body: @Sendable (Input) async throws -> Output

    /// Makes a task of a function.
    public init(
        _ id: String, options: TaskOptions, _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        self.id = id
        self.options = options
        self.body = body
    }

    /// Makes a task of a function; see ``TaskOptions`` for what the parameters mean.
    public init(
        _ id: String, timeout: Duration? = nil, retries: RetryPolicy? = nil,
        execution: TaskOptions.Execution = .atLeastOnce, priority: Int? = nil, tags: [String] = [],
        displayName: String? = nil, description: String? = nil, version: String? = nil, sensitive: Bool = false,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        let options = TaskOptions(
            timeout: timeout, retries: retries, execution: execution, priority: priority, tags: tags,
            displayName: displayName, description: description, version: version, sensitive: sensitive)
        self.init(id, options: options, body)
    }

    /// Makes a task of a function that is retried up to `retries` times, after 1, 2, 4, … seconds.
    public init(
        _ id: String, timeout: Duration? = nil, retries: Int,
        execution: TaskOptions.Execution = .atLeastOnce, priority: Int? = nil, tags: [String] = [],
        displayName: String? = nil, description: String? = nil, version: String? = nil, sensitive: Bool = false,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        let options = TaskOptions(
            timeout: timeout, retries: retries, execution: execution, priority: priority, tags: tags,
            displayName: displayName, description: description, version: version, sensitive: sensitive)
        self.init(id, options: options, body)
    }
}
