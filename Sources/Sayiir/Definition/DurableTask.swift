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
/// The next step gets the output as it is, or, after a crash, what was decoded of it. The two must not differ: what a type's coding
/// leaves out (a property that is not among its `CodingKeys`, the identity of a class, the inner `nil` of an `Int??`) must not matter
/// to any step. ``EngineOptions/decodesEveryValue`` makes tests find types for which it does.
///
/// Code that blocks its thread, in a library without `async` or in a long computation, is declared so: `blocking: true` runs it on
/// a thread of a pool of its own. Elsewhere it holds up other instances, for there are about as many threads as processors.
///
/// A task is a value: it can be used in any number of flows, once in each unless it is given another id there.
public struct DurableTask<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    /// The task's name, unique within a flow and kept in histories: do not change it lightly.
    public let id: String
    /// What governs the task.
    public let options: TaskOptions
    let body: @Sendable (Input) async throws -> Output
    /// Whether an error may be followed by a retry; `nil` if all may.
    private(set) var mayRetry: (@Sendable (any Error) -> Bool)?

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
        blocking: Bool = false, heartbeatTimeout: Duration? = nil,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        let options = TaskOptions(
            timeout: timeout, retries: retries, execution: execution, priority: priority, tags: tags,
            displayName: displayName, description: description, version: version, sensitive: sensitive,
            blocking: blocking, heartbeatTimeout: heartbeatTimeout)
        self.init(id, options: options, body)
    }

    /// Makes a task of a function that is retried up to `retries` times, after 1, 2, 4, … seconds.
    public init(
        _ id: String, timeout: Duration? = nil, retries: Int,
        execution: TaskOptions.Execution = .atLeastOnce, priority: Int? = nil, tags: [String] = [],
        displayName: String? = nil, description: String? = nil, version: String? = nil, sensitive: Bool = false,
        blocking: Bool = false, heartbeatTimeout: Duration? = nil,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        let options = TaskOptions(
            timeout: timeout, retries: retries, execution: execution, priority: priority, tags: tags,
            displayName: displayName, description: description, version: version, sensitive: sensitive,
            blocking: blocking, heartbeatTimeout: heartbeatTimeout)
        self.init(id, options: options, body)
    }

    /// The task with retries only after errors for which `mayRetry` returns true.
    ///
    /// ```swift
    /// let charge = DurableTask("charge", retries: 5) { (order: Order) in try await payments.charge(order) }
    ///     .retrying { $0 is ConnectionError }
    /// ```
    ///
    /// It only takes retries away: ``TaskOptions/retries`` still says how many there are. A time-out is always followed by one, an
    /// error in ``NonRetryable`` never. Not part of the definition's hash.
    ///
    /// - Parameter mayRetry: Called once after each attempt that threw an error. It must not block.
    public func retrying(if mayRetry: @escaping @Sendable (any Error) -> Bool) -> DurableTask {
        var task = self
        task.mayRetry = mayRetry
        return task
    }
}
