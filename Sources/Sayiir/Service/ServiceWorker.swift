internal import Logging
internal import SayiirEvents
internal import SayiirProjection

/// Runs one instance at a time for a service, as far as it goes.
struct ServiceWorker: Sendable {
    let executor: String
    /// Tells the service from others of the same name.
    let serviceName: String
    let environment: RunEnvironment
    let registry: WorkflowRegistry
    let report: ServiceReport
    let logger: Logger

    /// Runs an instance until it ends or has to wait.
    ///
    /// - Returns: What it waits for; `nil` if somebody else has it, or nothing is to be done.
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run(_ instance: InstanceID, under control: RunControl) async throws(WorkflowError) -> InstanceRest? {
        try await toleratingOthers(instance) { () throws(WorkflowError) in
            let (environment, registry) = (environment, registry)
            let taken = try await WorkflowError.translating { () throws(BackendError) in
                try await environment.backend.acquireLease(on: instance, by: executor) { state in
                    state.phase == .active && !state.hasUnknownEvents
                        && (registry.graph(of: state) != nil || state.canStopWithoutDefinition)
                }
            }
            if let taken { return try await goOn(under: taken.lease, control, from: taken.state) }
            // Notes why, if it is for a reason that an operator has to know.
            if let state = try await environment.state(of: instance) {
                if state.phase.isEnded { report.forget(instance) } else { _ = graph(of: state) }
            }
            return nil
        }
    }

    /// Runs an instance that was claimed until it ends or has to wait.
    ///
    /// - Returns: What it waits for; `nil` if the lease was lost or the run was cancelled.
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run(under lease: Lease, _ control: RunControl) async throws(WorkflowError) -> InstanceRest? {
        try await toleratingOthers(lease.instance) { () throws(WorkflowError) in
            try await goOn(under: lease, control, from: nil)
        }
    }

    /// Lets clients of the backend know what is served.
    func announce() async {
        await environment.backend.announceService(of: registry.workflows, by: serviceName)
    }

    /// - Returns: What `body` does, or when to try again if storage refused for now or the run was interrupted.
    private func toleratingOthers(
        _ instance: InstanceID, _ body: () async throws(WorkflowError) -> InstanceRest?
    ) async throws(WorkflowError) -> InstanceRest? {
        do throws(WorkflowError) {
            let rest = try await body()
            report.noteSuccess(of: instance)
            return rest
        } catch {
            switch error {
            case .alreadyRunning, .takenOver:
                // The lease holder announces the instance when it lets go of it.
                return nil
            case .interrupted:
                if environment.drain?.isSet == true { return nil }
                logger.warning(
                    "a run was interrupted from within, by its own code or middleware; it is taken up again",
                    metadata: metadata(instance))
                return await retry(instance)
            case .backend(let cause) where cause.isPassing:
                logger.error("storage refused; trying again", metadata: metadata(instance, "error", "\(cause)"))
                report.noteFailure("\(cause)", of: instance)
                return await retry(instance)
            case .backend(let cause) where !cause.concernsOneInstance:
                throw error
            default:
                logger.error(
                    "the instance cannot go on; it is left alone and tried again later",
                    metadata: metadata(instance, "error", "\(error)"))
                return InstanceRest(
                    revision: 0, due: environment.clock.now + Self.faultRetryDelay,
                    priority: await priority(of: instance))
            }
        }
    }

    private func retry(_ instance: InstanceID) async -> InstanceRest {
        InstanceRest(
            revision: 0, due: environment.clock.now + Self.retryDelay, priority: await priority(of: instance))
    }

    /// Runs an instance under a lease, and gives that back.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - control: The control over the run.
    ///   - state: The instance's state, if it is known since the lease was taken.
    private func goOn(
        under lease: Lease, _ control: RunControl, from state: InstanceState?
    ) async throws(WorkflowError) -> InstanceRest? {
        let rest: InstanceRest?
        do throws(WorkflowError) {
            await environment.observe(lease, for: control)
            rest = try await runOnce(under: lease, control, from: state)
        } catch {
            await release(lease, after: error)
            throw error
        }
        await environment.backend.release(lease, leaving: rest)
        return rest
    }

    /// Gives back the lease of an instance that could not go on. A backend that hands out work is told not to do so at once.
    private func release(_ lease: Lease, after error: WorkflowError) async {
        let backend = environment.backend
        guard case .backend(let cause) = error, cause.concernsOneInstance, backend is any SharedBackend else {
            return await backend.release(lease)
        }
        if let state = try? await environment.state(of: lease.instance) {
            let due = environment.clock.now + Self.faultRetryDelay
            return await backend.release(lease, leaving: InstanceRest(revision: state.revision, due: due))
        }
        // What it waits for can only be said by who knows its revision. Until it is given back, nobody gets it.
        Task { [clock = environment.clock] in
            try? await clock.sleep(for: Self.faultRetryDelay)
            await backend.release(lease)
        }
    }

    private func runOnce(
        under lease: Lease, _ control: RunControl, from known: InstanceState?
    ) async throws(WorkflowError) -> InstanceRest? {
        // Nobody else can run it since the lease was taken; but others may have until then.
        switch known == nil ? try await start(under: lease) : try await start(from: known, under: lease) {
        case .rest(let rest): return rest
        case .run(let plan):
            var environment = environment
            environment.control = control
            let left = try await InstanceRun.perform(plan, under: lease, in: environment)
            return rest(after: left, plan.graph)
        }
    }

    /// What a lease lets a service do.
    private enum Start {
        case run(RunPlan)
        /// Nothing but to let go of it.
        case rest(InstanceRest?)
    }

    private func start(under lease: Lease) async throws(WorkflowError) -> Start {
        try await start(from: try await environment.state(of: lease.instance), under: lease)
    }

    private func start(from state: InstanceState?, under lease: Lease) async throws(WorkflowError) -> Start {
        guard let state else { return .rest(nil) }
        guard state.phase == .active else { return .rest(InstanceRest(revision: state.revision, due: nil)) }
        if let graph = graph(of: state) { return .run(RunPlan(from: state, graph)) }
        if !state.hasUnknownEvents, let stopped = try await environment.stop(state, under: lease) {
            report.forget(state.id)
            return .rest(LeftInstance(state: stopped).rest(in: nil))
        }
        return .rest(
            InstanceRest(revision: state.revision, due: environment.clock.now + Self.foreignRetryDelay))
    }

    private func rest(after left: LeftInstance, _ graph: Graph) -> InstanceRest {
        report.noteSuccess()
        var rest = left.rest(in: graph)
        guard !left.state.phase.isEnded else {
            report.forget(left.state.id)
            return rest
        }
        if report.note(left.state) {
            logger.warning(
                "an instance is stuck: a stored value cannot be decoded by this program",
                metadata: metadata(
                    left.state.id, "problem", left.state.statusDetail, workflow: left.state.workflow))
        }
        // On a backend that hands out work another program may be able to; only when it is due it is handed out.
        if left.state.mayNeedOtherProgram, environment.backend is any SharedBackend {
            let due = environment.clock.now + Self.foreignRetryDelay
            rest.due = rest.due.map { min($0, due) } ?? due
        }
        return rest
    }

    /// The definition by which an instance can be run here; `nil` if there is none, which is noted.
    private func graph(of state: InstanceState) -> Graph? {
        guard let graph = registry.graph(of: state) else {
            if let definition = state.definition {
                report.addUnserved(state.id, ServedWorkflow(name: state.workflow, definition: definition))
            }
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
        return state.priority(in: registry.graph(of: state))
    }

    /// How long to wait after storage refused, or a run was interrupted.
    static let retryDelay = Duration.seconds(1)
    /// How long to wait before an instance is tried again that cannot go on though others can.
    static let faultRetryDelay = Duration.seconds(60)
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
