internal import SayiirProjection

/// What governs the execution of a task, and what people want to know of it.
public struct TaskOptions: Hashable, Sendable {
    /// The time limit of one attempt, at least zero; `nil` for no limit. A limit above 200 years is the same as no limit.
    public var timeout: Duration?
    /// How long one attempt may go without a heartbeat, see ``TaskContext/heartbeat()``; `nil` if as long as it likes. At least 0; above
    /// 200 years there is no limit.
    ///
    /// An attempt that has neither ended nor given one for so long, or up to an eighth longer, has timed out: it is cancelled, and a
    /// retry follows if there is one left. So a long task can have a short limit for what is stuck. Not part of the definition's hash.
    public var heartbeatTimeout: Duration?
    /// Whether and when a failed attempt is followed by another; `nil` for never.
    public var retries: RetryPolicy?
    /// What happens to an attempt that a crash interrupted.
    public var execution: Execution
    /// From 1 (critical) to 5 (minimal); `nil` for 3.
    public var priority: Int?
    /// What an executor must offer to run the task: 20 texts of 1 to 64 characters at most.
    public var tags: [String]
    /// A name for people.
    public var displayName: String?
    /// What the task does, for people.
    public var description: String?
    /// The version of the task's code. Instances that began with another one are not resumed.
    public var version: String?
    /// Whether tools show the output's size and digest instead of the output itself. It is stored as it is: this hides, and does
    /// not encrypt. Not part of the definition. See ``SensitiveValue`` for other values.
    public var isSensitive: Bool

    /// Whether the task's code may block the thread that it runs on, or compute for long: it gets one from a pool of its own, see
    /// ``EngineOptions/blockingThreads``, and holds up nothing else there. Not part of the definition.
    public var isBlocking: Bool

    /// What happens to an attempt of which nobody knows whether it finished, because the process ended in between.
    public enum Execution: Hashable, Sendable, CaseIterable {
        /// The task runs again. Its effects should be such that twice is as good as once. After ``EngineOptions/crashLimit``
        /// interruptions in a row it is *in doubt*, too.
        case atLeastOnce
        /// The task does not run again: it is *in doubt* until a person decides, see
        /// ``WorkflowClient/resolveDoubt(of:in:as:by:reason:)``.
        case atMostOnce
    }

    /// Describes options. A flow checks them when it is built.
    public init(
        timeout: Duration? = nil, retries: RetryPolicy? = nil, execution: Execution = .atLeastOnce,
        priority: Int? = nil, tags: [String] = [], displayName: String? = nil, description: String? = nil,
        version: String? = nil, sensitive: Bool = false, blocking: Bool = false, heartbeatTimeout: Duration? = nil
    ) {
        self.timeout = timeout
        self.heartbeatTimeout = heartbeatTimeout
        self.retries = retries
        self.execution = execution
        self.priority = priority
        self.tags = tags
        self.displayName = displayName
        self.description = description
        self.version = version
        isSensitive = sensitive
        isBlocking = blocking
    }

    /// Describes options of a task that is retried up to `retries` times, after 1, 2, 4, … seconds. A flow checks them when it is built.
    public init(
        timeout: Duration? = nil, retries: Int, execution: Execution = .atLeastOnce,
        priority: Int? = nil, tags: [String] = [], displayName: String? = nil, description: String? = nil,
        version: String? = nil, sensitive: Bool = false, blocking: Bool = false, heartbeatTimeout: Duration? = nil
    ) {
        self.init(
            timeout: timeout, retries: RetryPolicy(maxRetries: retries), execution: execution, priority: priority,
            tags: tags, displayName: displayName, description: description, version: version, sensitive: sensitive,
            blocking: blocking, heartbeatTimeout: heartbeatTimeout)
    }

    /// Above this a heartbeat time-out never ends an attempt.
    static let longestHeartbeatTimeout = Duration.seconds(200 * 365 * 86_400)

    /// What is wrong with the options, in words; empty if nothing is.
    var problems: [String] {
        var problems = retries?.problems ?? []
        if let timeout, timeout < .zero { problems.append("timeout must be a finite non-negative number") }
        if let heartbeatTimeout, heartbeatTimeout < .zero {
            problems.append("the heartbeat time-out must not be negative, got \(heartbeatTimeout.shortDescription)")
        }
        if let priority, !(1...5).contains(priority) {
            problems.append("priority must be between 1 and 5, got \(priority)")
        }
        if tags.count > 20 { problems.append("too many tags: \(tags.count) (max 20)") }
        if tags.contains("") { problems.append("tags must not contain empty strings") }
        // One character may have any number of bytes.
        for tag in tags where tag.utf8.count > TextLimits.name || tag.count > 64 {
            problems.append(
                "tag too long: '\(tag.prefix(bytes: min(tag.utf8.count, 256)))' (\(tag.count) chars, max 64)")
        }
        if let problem = version.flatMap({ TextLimits.problem(with: $0) }) { problems.append("the version \(problem)") }
        if execution == .atMostOnce, let retries, retries.maxRetries > 0 {
            problems.append("a task that runs at most once cannot have retries")
        }
        return problems
    }
}
