/// How often a failed task is tried again, and how long to wait before each time.
///
/// An integer stands for so many retries after 1, 2, 4, … seconds: `retries: 3`.
public struct RetryPolicy: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The number of retries that may follow the first attempt; at least 0. `Int.max` for no limit.
    public var maxRetries: Int
    /// The wait before the first retry; at least 0. A wait whose end lies after the year 2262 ends never.
    public var initialDelay: Duration
    /// What each wait is multiplied by to give the next one; finite and at least 0. It is kept in single precision in
    /// the definition's hash.
    public var multiplier: Double
    /// The longest wait; `nil` if it has no bound. Not part of the definition's hash.
    public var maxDelay: Duration?

    /// Describes a policy. A flow checks it when it is built.
    public init(
        maxRetries: Int = 2, initialDelay: Duration = .seconds(1), multiplier: Double = 2, maxDelay: Duration? = nil
    ) {
        self.maxRetries = maxRetries
        self.initialDelay = initialDelay
        self.multiplier = multiplier
        self.maxDelay = maxDelay
    }

    /// So many retries, after 1, 2, 4, … seconds.
    public init(integerLiteral value: Int) { self.init(maxRetries: value) }

    /// The wait before the retry with the given number, from 1: `initialDelay × multiplier^(retry - 1)`, at most ``maxDelay``.
    public func delay(beforeRetry retry: Int) -> Duration {
        var nanoseconds = Double(initialDelay.saturatedNanoseconds)
        // Waits that reach no end do not get longer by more rounds.
        for _ in 1..<max(1, min(retry, 1024)) { nanoseconds *= multiplier }
        let longest = Double(maxDelay?.saturatedNanoseconds ?? Int64.max)
        let bounded = min(max(0, nanoseconds), longest)
        return .nanoseconds(Int64(exactly: bounded.rounded()) ?? .max)
    }

    /// What is wrong with the policy, in words; empty if nothing is.
    var problems: [String] {
        var problems: [String] = []
        if maxRetries < 0 { problems.append("retries must not be negative, got \(maxRetries)") }
        if initialDelay < .zero { problems.append("the delay before a retry must not be negative") }
        if !multiplier.isFinite || multiplier < 0 {
            problems.append("the back-off multiplier must be a finite non-negative number, got \(multiplier)")
        }
        if let maxDelay, maxDelay < .zero { problems.append("the longest delay must not be negative") }
        return problems
    }
}
