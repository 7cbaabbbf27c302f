internal import Logging
internal import SayiirEvents
internal import SayiirProjection

/// Runs one instance at a time for a service, as far as it goes.
struct ServiceWorker: Sendable {
    let executor: String
    let environment: RunEnvironment
    /// Where instances run; `nil` for Swift's pool.
    let taskExecutor: (any TaskExecutor)?
    let registry: WorkflowRegistry
    let logger: Logger

    /// Runs an instance until it ends or has to wait.
    ///
    /// - Returns: What it waits for; `nil` if somebody else has it, or nothing is to be done.
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run(_ instance: InstanceID) async throws -> InstanceRest? {
        try await toleratingOthers(instance) { () throws(WorkflowError) in
            let (environment, registry) = (environment, registry)
            let taken = try await WorkflowError.translating { () throws(BackendError) in
                try await environment.backend.acquireLease(on: instance, by: executor) { state in
                    state.phase == .active && registry.graph(state.definition) != nil && !state.hasUnknownEvents
                }
            }
            if let taken { return try await goOn(under: taken.lease, from: taken.state) }
            // Says why, if it is for a reason that somebody has to know.
            if let state = try await environment.state(of: instance), state.phase == .active { _ = graph(of: state) }
            return nil
        }
    }

    /// Runs an instance that was claimed until it ends or has to wait.
    ///
    /// - Returns: What it waits for; `nil` if the lease was lost or the run was cancelled.
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run(under lease: Lease) async throws -> InstanceRest? {
        try await toleratingOthers(lease.instance) { () throws(WorkflowError) in
            try await goOn(under: lease, from: nil)
        }
    }

    /// Whether somebody asked to cancel an instance.
    func isCancelRequested(_ instance: InstanceID) async -> Bool {
        (try? await environment.state(of: instance))?.cancelRequest != nil
    }

    /// - Returns: What `body` does, or when to try again if storage refused for now.
    private func toleratingOthers(
        _ instance: InstanceID, _ body: () async throws(WorkflowError) -> InstanceRest?
    ) async throws -> InstanceRest? {
        do throws(WorkflowError) {
            return try await body()
        } catch {
            switch error {
            case .alreadyRunning, .takenOver, .interrupted:
                // Whoever runs it announces it when that ends; what was interrupted is taken up by the next run.
                return nil
            case .backend(let cause) where cause.isPassing:
                logger.error("storage refused; trying again", metadata: metadata(instance, "error", "\(cause)"))
                return InstanceRest(
                    revision: 0, due: environment.clock.now + Self.storageRetryDelay,
                    priority: await priority(of: instance))
            default:
                throw error
            }
        }
    }

    /// Runs an instance under a lease, and gives that back.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - state: The instance's state, if it is known since the lease was taken.
    private func goOn(under lease: Lease, from state: InstanceState?) async throws(WorkflowError) -> InstanceRest? {
        let rest: InstanceRest?
        do throws(WorkflowError) {
            rest = try await runOnce(under: lease, from: state)
        } catch {
            await environment.backend.release(lease)
            throw error
        }
        await environment.backend.release(lease, leaving: rest)
        return rest
    }

    private func runOnce(under lease: Lease, from known: InstanceState?) async throws(WorkflowError) -> InstanceRest? {
        // Nobody else can run it since the lease was taken; but others may have until then.
        var current = known
        if current == nil { current = try await environment.state(of: lease.instance) }
        guard let state = current else { return nil }
        guard state.phase == .active else { return InstanceRest(revision: state.revision, due: nil) }
        guard let graph = graph(of: state) else {
            return InstanceRest(revision: state.revision, due: environment.clock.now + Self.foreignRetryDelay)
        }
        let left = try await InstanceRun.perform(
            on: state, of: state.workflow, in: state.traceContext, graph, under: lease, in: environment
        ) { run throws(WorkflowError) in try await run.resume() }
        return left.rest(in: graph)
    }

    /// The definition by which an instance can be run here; `nil`, which is logged, if there is none.
    private func graph(of state: InstanceState) -> Graph? {
        guard let graph = registry.graph(state.definition) else {
            let hash = state.definition?.description ?? "none"
            logger.warning(
                "no registered workflow has the instance's definition; it is left alone",
                metadata: metadata(state.id, "definition", hash, workflow: state.workflow))
            return nil
        }
        guard !state.hasUnknownEvents else {
            logger.warning(
                "the instance's history is of a newer version; it is left alone", metadata: metadata(state.id))
            return nil
        }
        return graph
    }

    /// How urgent an instance is.
    func priority(of instance: InstanceID) async -> Int {
        guard let state = try? await environment.state(of: instance) else { return 3 }
        return state.priority(in: registry.graph(state.definition))
    }

    /// How long to wait after storage refused.
    static let storageRetryDelay = Duration.seconds(1)
    /// How long to leave an instance to others that nobody here can run.
    private static let foreignRetryDelay = Duration.seconds(60)

    private func metadata(
        _ instance: InstanceID, _ name: String? = nil, _ value: String = "", workflow: String? = nil
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["instance": "\(instance)"]
        if let name { metadata[name] = "\(value)" }
        if let workflow { metadata["workflow"] = "\(workflow)" }
        return metadata
    }
}
