internal import Logging
internal import SayiirEvents

/// A service on a backend that hands out work: claims what is due as long as there is capacity, and runs it.
struct ClaimingService: Sendable {
    let backend: any SharedBackend
    let worker: ServiceWorker
    let options: EngineOptions
    let doorbell: Doorbell
    let drain: DrainSignal
    let runs: RunTable

    /// How many instances are claimed at once, at most: what is claimed and not yet begun is kept from others.
    private static let batch = 64

    /// Runs until the drain signal is set, and what runs then has ended.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run() async throws {
        // Listening comes before the first look, so that nothing falls in between.
        let wakeUps = await backend.wakeUps()
        let additions = worker.registry.additions()
        await worker.announce()
        let listening = Task {
            for await _ in wakeUps { await doorbell.ring() }
        }
        let registering = Task {
            for await _ in additions {
                worker.report.removeServed(by: worker.registry)
                await worker.announce()
                await doorbell.ring()
            }
        }
        defer {
            listening.cancel()
            registering.cancel()
        }
        do throws(WorkflowError) {
            while !drain.isSet {
                let wanted = min(max(1, options.concurrency) - runs.count, Self.batch)
                let leases = wanted > 0 ? try await claim(wanted) : []
                for lease in leases { start(lease) }
                // As many as were wanted: there may be more.
                if leases.count < wanted || wanted <= 0 { await doorbell.sleep(atMost: backend.pollInterval) }
            }
        } catch {
            runs.fail(error)
            runs.stopAll()
        }
        try await runs.waitForAll()
    }

    private func claim(_ limit: Int) async throws(WorkflowError) -> [Lease] {
        let claim = WorkClaim(
            executor: worker.executor, limit: limit, workflows: worker.registry.workflows, tags: options.tags)
        guard !claim.workflows.isEmpty else { return [] }
        do throws(BackendError) {
            let leases = try await backend.claim(claim)
            worker.report.noteSuccess()
            return leases
        } catch {
            guard error.isPassing else { throw .backend(error) }
            options.logger.error("no work could be claimed; trying again", metadata: ["error": "\(error)"])
            worker.report.noteFailure("\(error)")
            return []
        }
    }

    private func start(_ lease: Lease) {
        let control = RunControl()
        runs.add(control)
        control.start(on: worker.environment.taskExecutor) {
            do throws(WorkflowError) {
                return Result<InstanceRest?, WorkflowError>.success(try await worker.run(under: lease, control))
            } catch {
                return .failure(error)
            }
        } finished: { result in
            await finish(result, control)
        } abandoned: { _ in
            Task {
                // The code goes on by itself; what it does cannot be stored.
                await backend.release(lease)
                await finish(.success(nil), control)
            }
        }
    }

    private func finish(_ result: Result<InstanceRest?, WorkflowError>, _ control: RunControl) async {
        switch result {
        case .success(let rest):
            if let due = rest?.due { await doorbell.ring(at: due) }
        case .failure(let error):
            runs.fail(error)
            // The loop has to be told.
            drain.set()
            runs.stopAll()
        }
        runs.remove(control)
        await doorbell.ring()
    }
}
