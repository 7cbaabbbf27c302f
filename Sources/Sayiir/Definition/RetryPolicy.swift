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
    /// The fraction of each wait, from 0 to 1, that is left to chance: a wait of 10 seconds with a jitter of 0.25 takes from 7.5
    /// to 10 seconds. So instances that failed together do not all come back together. Not part of the definition's hash.
    ///
    /// Chance is a hash of the instance, its run, the step and the attempt: the same history always gives the same waits.
    public var jitter: Double

    /// Describes a policy. A flow checks it when it is built.
    public init(
        maxRetries: Int = 2, initialDelay: Duration = .seconds(1), multiplier: Double = 2, maxDelay: Duration? = nil,
        jitter: Double = 0
    ) {
        self.maxRetries = maxRetries
        self.initialDelay = initialDelay
        self.multiplier = multiplier
        self.maxDelay = maxDelay
        self.jitter = jitter
    }

    /// So many retries, after 1, 2, 4, … seconds.
    public init(integerLiteral value: Int) { self.init(maxRetries: value) }

    /// The longest wait before the retry with the given number, from 1: `initialDelay × multiplier^(retry - 1)`, at most
    /// ``maxDelay``. Jitter only makes it shorter.
    public func delay(beforeRetry retry: Int) -> Duration { .nanoseconds(Int64(exactly: bound(of: retry)) ?? .max) }

    /// The wait before the retry with the given number, from 1, with its jitter.
    ///
    /// - Parameter random: From 0 up to, and not including, 1.
    func delay(beforeRetry retry: Int, at random: Double) -> Duration {
        // A policy that no flow has checked may have any number here.
        let fraction = jitter > 0 ? min(jitter, 1) : 0
        let wait = (bound(of: retry) * (1 - fraction * random)).rounded()
        return .nanoseconds(Int64(exactly: wait) ?? .max)
    }

    /// The longest wait before a retry in whole nanoseconds, never negative.
    private func bound(of retry: Int) -> Double {
        var nanoseconds = Double(initialDelay.saturatedNanoseconds)
        // Waits that reach no end do not get longer by more rounds.
        for _ in 1..<max(1, min(retry, 1024)) { nanoseconds *= multiplier }
        let longest = Double(maxDelay?.saturatedNanoseconds ?? Int64.max)
        return min(max(0, nanoseconds), longest).rounded()
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
        if !(0...1).contains(jitter) { problems.append("the jitter must be a fraction from 0 to 1, got \(jitter)") }
        return problems
    }
}
