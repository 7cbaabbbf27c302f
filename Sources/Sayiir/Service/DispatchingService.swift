internal import SayiirEvents

/// A service on a backend of its own process: knows all live instances, and dispatches those that are ready.
struct DispatchingService: Sendable {
    let worker: ServiceWorker
    let dispatcher: Dispatcher
    let runs: RunTable

    /// Runs until the dispatcher drains, and what runs then has ended.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run() async throws {
        // Listening comes before looking, so that nothing falls in between.
        let wakeUps = await worker.environment.backend.wakeUps()
        let additions = worker.registry.additions()
        await worker.announce()
        let listening = Task {
            for await instance in wakeUps {
                // Where nothing has to wait, the priority need not be looked up.
                if await !dispatcher.wakeAtOnce(instance) { await wake(instance) }
            }
        }
        let timing = Task { await dispatcher.keepTime() }
        defer {
            listening.cancel()
            timing.cancel()
        }
        try await takeUp()
        let registering = Task {
            for await _ in additions {
                worker.report.removeServed(by: worker.registry)
                await worker.announce()
                // Should storage fail, the runs find out as well.
                try? await takeUp()
            }
        }
        defer { registering.cancel() }
        while let instances = await dispatcher.next() {
            for instance in instances { start(instance) }
        }
        try await runs.waitForAll()
    }

    /// Lets those wait whose wait condition is known, and looks at all others.
    private func takeUp() async throws(WorkflowError) {
        let (backend, workflows) = (worker.environment.backend, Set(worker.registry.workflows))
        let instances = try await WorkflowError.translating { () throws(BackendError) in
            try await backend.waitingInstances(of: workflows)
        }
        await dispatcher.park(instances)
        for instance in instances where !instance.isAtRest { await wake(instance.id) }
    }

    /// Whether nothing waits to be looked at.
    var hasLookedAtAll: Bool { get async { await dispatcher.isIdle } }

    /// Runs an instance, then the next that is ready in its place, and so on until none is.
    private func start(_ instance: InstanceID) {
        let control = RunControl()
        runs.add(control)
        control.start(on: worker.environment.taskExecutor) {
            do throws(WorkflowError) {
                return Result<InstanceRest?, WorkflowError>.success(try await worker.run(instance, under: control))
            } catch {
                return .failure(error)
            }
        } finished: { result in
            await finish(instance, result, control)
        } abandoned: { _ in
            Task {
                // The code goes on by itself; what it does cannot be stored.
                if let lease = control.lease { await worker.environment.backend.release(lease) }
                await finish(instance, .success(nil), control)
            }
        }
    }

    private func finish(
        _ instance: InstanceID, _ result: Result<InstanceRest?, WorkflowError>, _ control: RunControl
    ) async {
        switch result {
        case .success(let rest):
            let next = await dispatcher.finish(instance, until: rest?.due, priority: rest?.priority ?? 3)
            // The next one comes before this one goes, so that the table is not empty in between.
            if let next { start(next) }
        case .failure(let error):
            runs.fail(error)
            await dispatcher.drain()
            runs.stopAll()
        }
        runs.remove(control)
    }

    private func wake(_ instance: InstanceID) async {
        await dispatcher.wake(instance, priority: worker.priority(of: instance))
    }
}
