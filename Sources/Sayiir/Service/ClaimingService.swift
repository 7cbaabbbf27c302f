internal import Logging
internal import SayiirEvents

/// A service on a backend that hands out work: claims what is due as long as there is room, and runs it.
struct ClaimingService: Sendable {
    let backend: any SharedBackend
    let worker: ServiceWorker
    let options: EngineOptions
    let doorbell: Doorbell
    let drain: DrainSignal

    /// How many instances are claimed at once, at most: what is claimed and not yet begun is kept from others.
    private static let batch = 64

    /// Runs until the drain signal is set, and what runs then has ended.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if storage has failed for good.
    func run() async throws {
        // Listening comes before the first look, so that nothing falls in between.
        let wakeUps = await backend.wakeUps()
        let listening = Task {
            for await _ in wakeUps { await doorbell.ring() }
        }
        defer { listening.cancel() }
        let running = RunCount()
        try await withThrowingDiscardingTaskGroup { group in
            while !isEnding {
                let wanted = min(max(1, options.concurrency) - running.count, Self.batch)
                let leases = wanted > 0 ? try await claim(wanted) : []
                for lease in leases {
                    running.add(1)
                    group.addTask {
                        defer { running.add(-1) }
                        do {
                            try await run(lease)
                        } catch {
                            // The group cancels the other instances; the loop has to be told.
                            drain.set()
                            await doorbell.ring()
                            throw error
                        }
                    }
                }
                // As many as were wanted: there may be more.
                if leases.count < wanted || wanted <= 0 { await doorbell.sleep(atMost: backend.pollInterval) }
            }
        }
    }

    private var isEnding: Bool { drain.isSet || Task.isCancelled }

    private func claim(_ limit: Int) async throws -> [Lease] {
        let claim = WorkClaim(
            executor: worker.executor, limit: limit, definitions: worker.registry.definitions, tags: options.tags)
        guard !claim.definitions.isEmpty else { return [] }
        do throws(BackendError) {
            return try await backend.claim(claim)
        } catch {
            guard error.isPassing else { throw WorkflowError.backend(error) }
            options.logger.error("no work could be claimed; trying again", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Runs an instance, and lets go of it if the lease is lost or if somebody cancels it.
    private func run(_ lease: Lease) async throws {
        let notices = await backend.notices(of: lease)
        let work = Task(executorPreference: worker.taskExecutor) { try await worker.run(under: lease) }
        let watch = Task {
            for await notice in notices {
                // What the code does from here on cannot be stored, or is not wanted. It is told by its task's cancellation; if it
                // comes to its end all the same, a cancelled instance keeps the result.
                if notice == .lost { return work.cancel() }
                if await worker.isCancelRequested(lease.instance) { return work.cancel() }
            }
        }
        defer { watch.cancel() }
        let rest = try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            work.cancel()
        }
        if let due = rest?.due { await doorbell.ring(at: due) }
        await doorbell.ring()
    }
}
