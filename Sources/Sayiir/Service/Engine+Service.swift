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
        let dispatcher = Dispatcher(limit: options.concurrency, clock: environment.clock)
        let drain = DrainSignal()
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await serve(with: dispatcher, drain)
            } onGracefulShutdown: {
                drain.set()
                Task { await dispatcher.drain() }
            }
        } onCancel: {
            Task { await dispatcher.drain() }
        }
    }

    private func serve(with dispatcher: Dispatcher, _ drain: DrainSignal) async throws {
        var environment = environment
        environment.isService = true
        environment.drain = drain
        environment.tags = options.tags.map { Set($0) }
        let worker = ServiceWorker(
            executor: client.executor, environment: environment, registry: registry, logger: options.logger)
        // Listening comes before looking, so that nothing falls in between.
        let wakeUps = await backend.wakeUps()
        let listening = Task {
            for await instance in wakeUps { await dispatcher.wake(instance, priority: worker.priority(of: instance)) }
        }
        let timing = Task {
            while let due = await dispatcher.nextDue() {
                for instance in due { await dispatcher.wake(instance, priority: worker.priority(of: instance)) }
            }
        }
        defer {
            listening.cancel()
            timing.cancel()
        }
        for instance in try await client.liveInstances() {
            await dispatcher.wake(instance.id, priority: worker.priority(of: instance.id))
        }
        try await withThrowingDiscardingTaskGroup { group in
            while let instance = await dispatcher.next() {
                group.addTask {
                    do {
                        let rest = try await worker.run(instance)
                        await dispatcher.finish(instance, until: rest.due, priority: rest.priority)
                    } catch {
                        // The group cancels the other instances; the loop has to be told.
                        await dispatcher.drain()
                        throw error
                    }
                }
            }
        }
    }
}
