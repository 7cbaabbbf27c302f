internal import SayiirEvents

/// A service on a backend of its own process: knows all live instances, and dispatches those that are ready.
struct DispatchingService: Sendable {
    let worker: ServiceWorker
    let dispatcher: Dispatcher

    /// Runs until the dispatcher drains, and what runs then has ended.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run() async throws {
        // Listening comes before looking, so that nothing falls in between.
        let wakeUps = await worker.environment.backend.wakeUps()
        let listening = Task {
            for await instance in wakeUps {
                // Where nothing has to wait, nobody has to look how urgent it is.
                if await !dispatcher.wakeAtOnce(instance) { await wake(instance) }
            }
        }
        let timing = Task { await dispatcher.keepTime() }
        defer {
            listening.cancel()
            timing.cancel()
        }
        try await takeUp()
        try await withThrowingDiscardingTaskGroup { group in
            while let instances = await dispatcher.next() {
                for instance in instances {
                    group.addTask(executorPreference: worker.taskExecutor) { try await run(startingWith: instance) }
                }
            }
        }
    }

    /// Lets those wait whose rest is known, and looks at all others.
    private func takeUp() async throws(WorkflowError) {
        let (backend, definitions) = (worker.environment.backend, Set(worker.registry.definitions))
        let instances = try await WorkflowError.translating { () throws(BackendError) in
            try await backend.waitingInstances(of: definitions)
        }
        await dispatcher.park(instances)
        for instance in instances where !instance.isAtRest { await wake(instance.id) }
    }

    /// Runs an instance, then the next that is ready in its place, and so on until none is.
    private func run(startingWith first: InstanceID) async throws {
        var next: InstanceID? = first
        while let instance = next {
            do {
                let rest = try await worker.run(instance)
                next = await dispatcher.finish(instance, until: rest?.due, priority: rest?.priority ?? 3)
            } catch {
                // The group cancels the other instances; the loop has to be told.
                await dispatcher.drain()
                throw error
            }
        }
    }

    private func wake(_ instance: InstanceID) async {
        await dispatcher.wake(instance, priority: worker.priority(of: instance))
    }
}
