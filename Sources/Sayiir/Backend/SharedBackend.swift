internal import SayiirEvents

/// A backend that executors in several processes share.
///
/// It hands out work rather than let every executor look at every instance, and its leases end by themselves if who has them
/// does not renew them: a process may die, or lose its way to the store. The backend renews the leases of this process for as
/// long as it can.
///
/// Beside the contract of ``Backend``:
///
/// - An instance is handed out to one executor at a time, and to another only once its lease was released or has ended.
/// - What is due, untaken and fits an executor is handed out sooner or later, whatever became of who had it before.
/// - All times are compared on one clock, ``Backend/clock``.
public protocol SharedBackend: Backend {
    /// How often an executor asks for work if nothing tells it that there is some.
    var pollInterval: Duration { get }

    /// Takes the most urgent instances that are due, and whose lease nobody has.
    ///
    /// - Returns: The leases, the most urgent first; none if there is nothing to do.
    /// - Throws: ``BackendError/store(_:)`` if the store fails.
    func claim(_ claim: WorkClaim) async throws(BackendError) -> [Lease]

    /// What its holder has to know of a lease, from this call on: that it was lost, or that somebody else changed the instance. Ends
    /// with the lease.
    func notices(of lease: Lease) async -> AsyncStream<LeaseNotice>
}

/// What an executor asks a ``SharedBackend`` for.
public struct WorkClaim: Hashable, Sendable {
    /// Who asks.
    public var executor: String
    /// How many instances at most.
    public var limit: Int
    /// The workflows that the executor can run: an instance's name and definition both have to match.
    public var workflows: [ServedWorkflow]
    /// What it offers: it gets instances all of whose tags are among these, and instances without tags. `nil` for every instance.
    public var tags: [String]?

    /// Asks for work.
    public init(executor: String, limit: Int, workflows: [ServedWorkflow], tags: [String]? = nil) {
        self.executor = executor
        self.limit = limit
        self.workflows = workflows
        self.tags = tags
    }
}

extension SharedBackend {
    /// Calls `handler` for what the holder of a lease has to know, until the lease ends.
    public func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async {
        let notices = await notices(of: lease)
        // Ends with the lease.
        Task { for await notice in notices { handler(notice) } }
    }
}
