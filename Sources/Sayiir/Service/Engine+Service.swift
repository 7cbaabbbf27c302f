internal import Logging
internal import SayiirEvents
internal import SayiirLog
public import ServiceLifecycle

extension Engine: Service {
    /// Lets the engine run instances of a workflow when it runs as a service.
    ///
    /// An instance is run by the workflow that has its workflow's name and its definition. So several versions of a workflow may be
    /// registered: each instance goes on with the one it began with. What waits for a workflow is taken up as soon as it is
    /// registered, also while the service runs. To register a workflow again does nothing.
    ///
    /// - Throws: ``WorkflowError/registrationConflict(_:_:)`` if another workflow with the same name and the same definition is
    ///   registered: instances of one would be run by the other. That may be one that the same function has built in another call.
    public func register<Input, Output>(_ workflow: Workflow<Input, Output>) throws(WorkflowError) {
        try registry.add(workflow)
    }

    /// Runs as a service: takes up every live instance, then whatever is submitted, signalled or due, until the calling task is
    /// cancelled or asked to shut down gracefully.
    ///
    /// - At a graceful shutdown tasks that run come to their end and are stored, and nothing more begins. What is left is taken up
    ///   by the next run.
    /// - If the calling task is cancelled, tasks are cancelled with it, and repeated by the next run. Code that ignores this is
    ///   waited for as long as ``EngineOptions/cancellationGracePeriod`` says.
    /// - An instance whose workflow is not registered is *unserved*: it waits, is counted in ``health()`` and listed by
    ///   ``WorkflowClient/unserved()``, and can be cancelled or paused. One whose history is of a newer version is left alone.
    /// - An instance with a stored value that cannot be decoded is *stuck*: it waits for a program that can.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good. What was acknowledged is safe; make a new engine.
    public func run() async throws {
        let drain = DrainSignal()
        let environment = environment.ofService(
            draining: drain, tags: options.tags.map { tags in Set(tags.map { ExactText($0) }) })
        let worker = ServiceWorker(
            executor: client.executor, serviceName: Self.newServiceName(client.executor), environment: environment,
            registry: registry, report: report, logger: options.logger)
        report.beginService()
        let result = await serve(worker, until: drain)
        await backend.announceService(of: nil, by: worker.serviceName)
        report.endService()
        try result.get()
    }

    private static let serviceCount = Monitor(0)

    /// A name that no other service of the process has: several engines may have the same name, and one may run twice.
    private static func newServiceName(_ executor: String) -> String {
        let number = serviceCount.withLock { count in
            count += 1
            return count
        }
        return "\(executor)/\(number)"
    }

    private func serve(_ worker: ServiceWorker, until drain: DrainSignal) async -> Result<Void, any Error> {
        let (environment, runs) = (worker.environment, RunTable())
        let body: @Sendable () async throws -> Void
        let wake: @Sendable () async -> Void
        let hasLookedAtAll: @Sendable () async -> Bool
        if let backend = backend as? any SharedBackend {
            let doorbell = Doorbell(clock: environment.clock)
            let service = ClaimingService(
                backend: backend, worker: worker, options: options, doorbell: doorbell, drain: drain, runs: runs)
            (body, wake, hasLookedAtAll) = (service.run, { await doorbell.ring() }, { true })
        } else {
            let dispatcher = Dispatcher(limit: options.concurrency, clock: environment.clock)
            let service = DispatchingService(worker: worker, dispatcher: dispatcher, runs: runs)
            (body, wake, hasLookedAtAll) = (
                service.run, { await dispatcher.drain() }, { await service.hasLookedAtAll }
            )
        }
        let monitor = ServiceMonitor(
            report: report, environment: environment, executor: worker.executor, logger: options.logger,
            hasLookedAtAll: hasLookedAtAll)
        let monitoring = Task { await monitor.run() }
        defer { monitoring.cancel() }
        do {
            return .success(try await serve(body, until: drain, runs, wake: wake))
        } catch {
            return .failure(error)
        }
    }

    /// Serves until the calling task is cancelled or asked to shut down.
    ///
    /// - Parameters:
    ///   - body: Serves.
    ///   - drain: Set at a shutdown, at once: what ends from then on begins nothing more.
    ///   - runs: What runs.
    ///   - wake: Lets `body` see that it is to end.
    private func serve(
        _ body: @Sendable () async throws -> Void, until drain: DrainSignal, _ runs: RunTable,
        wake: @escaping @Sendable () async -> Void
    ) async throws {
        let grace = options.cancellationGracePeriod.boundedWait
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler(operation: body) {
                drain.set()
                Task { await wake() }
            }
        } onCancel: {
            drain.set()
            runs.stopAll()
            Task {
                await wake()
                try? await Task.sleep(for: grace)
                runs.abandonAll()
            }
        }
    }
}

/// An engine that runs as a service on a ``SharedBackend``: it claims instances that are due, and runs them.
///
/// ```swift
/// let worker = Worker(backend: try await PostgresBackend.connect(to: url))
/// try worker.register(checkout)
/// try await worker.run()
/// ```
///
/// How many at once, with which tags, and under which name is in ``EngineOptions``.
public typealias Worker = Engine
