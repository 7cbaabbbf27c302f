internal import Logging
internal import SayiirEvents
internal import SayiirProjection

/// Runs one instance at a time for a service, as far as it goes.
struct ServiceWorker: Sendable {
    let executor: String
    let environment: RunEnvironment
    let registry: WorkflowRegistry
    let logger: Logger

    /// How a run left an instance.
    struct Rest: Sendable {
        /// When it is to be looked at again; `nil` if only something from outside can move it.
        var due: Timestamp?
        var priority = 3
    }

    /// Runs an instance until it ends or has to wait.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run(_ instance: InstanceID) async throws -> Rest {
        do throws(WorkflowError) {
            return try await runOnce(instance)
        } catch {
            switch error {
            case .alreadyRunning, .takenOver, .interrupted:
                // Whoever runs it announces it when that ends; what was interrupted is taken up by the next run.
                return Rest()
            case .backend(let cause) where cause.isPassing:
                logger.error("storage refused; trying again", metadata: metadata(instance, "error", "\(cause)"))
                return Rest(due: environment.clock.now + Self.storageRetryDelay)
            default:
                throw error
            }
        }
    }

    private func runOnce(_ instance: InstanceID) async throws(WorkflowError) -> Rest {
        guard let state = try await environment.state(of: instance), state.phase == .active else { return Rest() }
        guard let graph = registry.graph(state.definition) else {
            let hash = state.definition?.description ?? "none"
            logger.warning(
                "no registered workflow has the instance's definition; it is left alone",
                metadata: metadata(instance, "definition", hash, workflow: state.workflow))
            return Rest()
        }
        guard !state.hasUnknownEvents else {
            logger.warning(
                "the instance's history is of a newer version; it is left alone", metadata: metadata(instance))
            return Rest()
        }
        let lease = try await WorkflowError.translating { () throws(BackendError) in
            try await environment.backend.acquireLease(on: instance, by: executor, takingOver: false)
        }
        do throws(WorkflowError) {
            // Nobody else can run it from here on; but others may have until now.
            let current = try await environment.state(of: instance) ?? state
            let left = try await InstanceRun.perform(
                on: current, of: current.workflow, graph, under: lease, in: environment
            ) { run throws(WorkflowError) in try await run.resume() }
            await environment.backend.release(lease)
            return left.phase == .active ? Rest(due: left.nextAlarm, priority: priority(of: left)) : Rest()
        } catch {
            await environment.backend.release(lease)
            throw error
        }
    }

    /// How urgent an instance is: the priority of the task that it would go on with, or its own.
    func priority(of instance: InstanceID) async -> Int {
        guard let state = try? await environment.state(of: instance) else { return 3 }
        return priority(of: state)
    }

    private func priority(of state: InstanceState) -> Int {
        let open = state.steps.open.compactMap { known in
            registry.graph(state.definition)?.task(known.step.node)?.options.priority
        }
        return open.min() ?? Int(clamping: state.priority)
    }

    /// How long to wait after storage was full.
    private static let storageRetryDelay = Duration.seconds(1)

    private func metadata(
        _ instance: InstanceID, _ name: String? = nil, _ value: String = "", workflow: String? = nil
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["instance": "\(instance)"]
        if let name { metadata[name] = "\(value)" }
        if let workflow { metadata["workflow"] = "\(workflow)" }
        return metadata
    }
}

extension BackendError {
    /// Whether what failed may succeed later, on the same backend.
    fileprivate var isPassing: Bool {
        if case .log(.noSpace) = self { true } else { false }
    }
}
