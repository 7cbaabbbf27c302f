internal import Logging
internal import SayiirEvents
internal import SayiirProjection
public import ServiceLifecycle

extension Engine: Service {
    /// Lets the engine run instances of a workflow when it runs as a service.
    ///
    /// Several versions of a workflow may be registered: each instance goes on with the one it began with.
    public func register<Input, Output>(_ workflow: Workflow<Input, Output>) {
        registry.add(workflow.graph, workflow.definitionHash)
    }

    /// Runs as a service: takes up every live instance, then whatever is submitted, signalled or due, until the calling task is
    /// cancelled or asked to shut down gracefully.
    ///
    /// - At a graceful shutdown tasks that run come to their end and are stored, and nothing more begins. What is left is taken up
    ///   by the next run.
    /// - If the calling task is cancelled, tasks are cancelled with it, and repeated by the next run.
    /// - An instance whose definition is not registered, or whose history is of a newer version, is logged and left alone.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good. What was acknowledged is safe; make a new engine.
    public func run() async throws {
        let drain = DrainSignal()
        var environment = environment
        environment.isService = true
        environment.drain = drain
        environment.tags = options.tags.map { tags in Set(tags.map { ExactText($0) }) }
        let worker = ServiceWorker(
            executor: client.executor, environment: environment, taskExecutor: taskExecutor, registry: registry,
            logger: options.logger)
        if let backend = backend as? any SharedBackend {
            let doorbell = Doorbell(clock: environment.clock)
            let service = ClaimingService(
                backend: backend, worker: worker, options: options, doorbell: doorbell, drain: drain)
            try await serve(service.run, until: drain) { await doorbell.ring() }
        } else {
            let dispatcher = Dispatcher(limit: options.concurrency, clock: environment.clock)
            let service = DispatchingService(worker: worker, dispatcher: dispatcher)
            try await serve(service.run, until: drain) { await dispatcher.drain() }
        }
    }

    /// Serves until the calling task is cancelled or asked to shut down.
    ///
    /// - Parameters:
    ///   - body: Serves.
    ///   - drain: Set at a shutdown, at once: what ends from then on begins nothing more.
    ///   - wake: Lets `body` see that it is to end.
    private func serve(
        _ body: () async throws -> Void, until drain: DrainSignal, wake: @escaping @Sendable () async -> Void
    ) async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler(operation: body) {
                drain.set()
                Task { await wake() }
            }
        } onCancel: {
            Task { await wake() }
        }
    }
}

/// An engine that runs as a service on a ``SharedBackend``: it claims instances that are due, and runs them.
///
/// ```swift
/// let worker = Worker(backend: try await PostgresBackend.connect(to: url))
/// worker.register(checkout)
/// try await worker.run()
/// ```
///
/// How many at once, with which tags, and under which name is in ``EngineOptions``.
public typealias Worker = Engine
