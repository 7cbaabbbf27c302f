internal import SayiirEvents
internal import SayiirProjection
internal import ServiceLifecycle

/// Runs one instance, under a lease, until it ends or nothing is left to do but to wait for something outside.
///
/// The way of a step: an attempt ends → the ``Decider`` says what follows → the events are appended, in one commit with the
/// start of what comes next → only when they are durable does that begin.
///
/// A class that one task has for itself, since its state is large and would be copied at every suspension otherwise.
final class InstanceRun {
    private let lease: Lease
    private let environment: RunEnvironment
    private var decider: Decider
    /// The number of the instance's run when this began: another one is not ours.
    private var run: UInt64
    /// Attempts that are recorded as begun and whose code has not been called yet.
    private var begun: [Event.TaskStarted] = []
    /// Whether this runs in the Swift task that the engine made for it, and not in one that middleware made: then only the
    /// engine and the tasks' code can cancel it.
    private let hasOwnTask: Bool
    /// Whether a part of what was decided last is stored, and the rest is not.
    private var isPartlyStored = false

    /// Makes a run, lets `body` do what it is for, and the observers see it.
    ///
    /// - Parameters:
    ///   - state: The instance's state.
    ///   - workflow: The workflow's name.
    ///   - trace: The trace that the run's submission belongs to.
    /// - Returns: How the instance was left.
    static func perform(
        on state: InstanceState, of workflow: String, in trace: TraceContext?, _ graph: Graph, under lease: Lease,
        in environment: RunEnvironment,
        _ body: @escaping @Sendable (InstanceRun) async throws(WorkflowError) -> LeftInstance
    ) async throws(WorkflowError) -> LeftInstance {
        var left = try await performOnce(
            on: state, of: workflow, in: trace, graph, under: lease, in: environment, body)
        while left.needsNewTask, let control = environment.control {
            let (state, begun) = (left.state, left.begun)
            left = try await control.continueInNewTask(on: environment.taskExecutor) {
                do throws(WorkflowError) {
                    return Result<LeftInstance, WorkflowError>.success(
                        try await performOnce(
                            on: state, of: workflow, in: trace, graph, under: lease, in: environment
                        ) { run throws(WorkflowError) in try await run.proceed(with: begun) })
                } catch {
                    return .failure(error)
                }
            }.get()
        }
        return left
    }

    private static func performOnce(
        on state: InstanceState, of workflow: String, in trace: TraceContext?, _ graph: Graph, under lease: Lease,
        in environment: RunEnvironment,
        _ body: @escaping @Sendable (InstanceRun) async throws(WorkflowError) -> LeftInstance
    ) async throws(WorkflowError) -> LeftInstance {
        let description = RunDescription(
            instance: lease.instance, workflow: workflow, executor: lease.executor, traceContext: trace)
        let outer = environment.observer.isAbsent ? nil : currentTaskIdentity()
        return try await environment.observer.aroundRun(description) { () throws(WorkflowError) in
            let hasOwnTask = outer == nil || outer == currentTaskIdentity()
            return try await body(
                InstanceRun(state, of: graph, under: lease, in: environment, hasOwnTask: hasOwnTask))
        }
    }

    private init(
        _ state: InstanceState, of graph: Graph, under lease: Lease, in environment: RunEnvironment, hasOwnTask: Bool
    ) {
        self.lease = lease
        self.hasOwnTask = hasOwnTask
        self.environment = environment
        decider = Decider(state, graph: graph, codecs: environment.codecs, executor: lease.executor)
        decider.offeredTags = environment.tags
        decider.isDraining = environment.isDraining
        decider.crashLimit = environment.crashLimit
        run = state.run
    }

    private var id: InstanceID { lease.instance }

    /// Submits the instance, in one commit with its first step, and runs it.
    ///
    /// - Parameter superseding: Whether a run that is there is ended first.
    /// - Returns: How the instance was left.
    nonisolated(nonsending) func submit(
        _ submission: Event.Submitted, superseding: Bool
    ) async throws(WorkflowError) -> LeftInstance {
        let now = environment.clock.now
        if superseding { decider.supersede(at: now) }
        decider.submit(submission, at: now)
        decider.decide(.takeUp, at: now)
        run = decider.state.run
        environment.control?.run = run
        do throws(WorkflowError) {
            try await append()
        } catch {
            // Only once a part of it is stored, it is this run that somebody else has changed.
            guard isPartlyStored, case .backend(.conflict) = error else { throw error }
            try await rebase(on: try await environment.state(of: id))
            try await commit([.takeUp])
        }
        return try await goOn()
    }

    /// Goes on with an instance that is there.
    ///
    /// - Returns: How the instance was left.
    nonisolated(nonsending) func resume() async throws(WorkflowError) -> LeftInstance {
        environment.control?.run = run
        // In most cases nothing was interrupted before, and there is nothing to wait for.
        guard decider.hasSuspects else {
            try await commit([.takeUp])
            return try await goOn()
        }
        let pass = await environment.suspects.enter()
        defer { environment.suspects.leave(pass) }
        guard !environment.isDraining else { throw .interrupted(id) }
        try await commit([.takeUp])
        return try await goOn()
    }

    /// Goes on in another Swift task with attempts that are recorded as begun, and whose code has not been called.
    private nonisolated(nonsending) func proceed(
        with attempts: [Event.TaskStarted]
    ) async throws(WorkflowError) -> LeftInstance {
        begun = attempts
        return try await goOn()
    }

    private nonisolated(nonsending) func goOn() async throws(WorkflowError) -> LeftInstance {
        while true {
            if Task.isCancelled, environment.control?.reason == nil {
                // Code of a task, or middleware, has cancelled this Swift task. The engine did not mean to stop.
                guard hasOwnTask else { throw .interrupted(id) }
                return LeftInstance(state: decider.state, needsNewTask: true, begun: begun)
            }
            // A deadline has to end what runs, so that somebody has to look at the clock meanwhile.
            if begun.count == 1, decider.state.deadline == nil, decider.state.steps.hasOneUnderWay {
                let result = await execution(of: begun.removeLast()).run()
                if isInterruptedByMiddleware(result) { throw .interrupted(id) }
                let command = take(result)
                decider.isDraining = environment.isDraining
                try await commit([command])
            } else if !begun.isEmpty {
                try await runTogether()
            } else if decider.isDraining && decider.state.phase == .active {
                throw .interrupted(id)
            } else if decider.state.nextRetry != nil, let due = decider.state.nextAlarm, !environment.isService {
                try await waitForRetry(until: due)
                decider.isDraining = environment.isDraining
                try await refresh()
                try await commit([.look])
            } else {
                return LeftInstance(state: decider.state, unoffered: decider.unoffered)
            }
        }
    }

    /// Waits until a retry is due, or the instance is changed from outside.
    ///
    /// No code runs in the meantime, so a graceful shutdown of the calling service ends the wait. The retry is left to a later start.
    private nonisolated(nonsending) func waitForRetry(until due: Timestamp) async throws(WorkflowError) {
        let waiting = Task { [environment, id, revision = decider.state.revision] in
            await environment.waitForChange(of: id, after: revision, until: due)
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            await waiting.value
        } onCancelOrGracefulShutdown: {
            waiting.cancel()
        }
        if Task.isShuttingDownGracefully { throw .interrupted(id) }
    }

    // MARK: Several attempts at once

    /// Runs what has begun, and what follows from it, until nothing runs any more or the run has ended.
    private nonisolated(nonsending) func runTogether() async throws(WorkflowError) {
        let inbox = RunInbox()
        let tasks = RunTasks(on: environment.taskExecutor)
        let result = await withTaskCancellationHandler {
            // What is left when this ends must not hold it up: timers, and the branches of a workflow that has failed.
            defer { tasks.cancelAll() }
            do throws(WorkflowError) {
                return Result<Void, WorkflowError>.success(try await runTogether(in: tasks, inbox))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            tasks.cancelAll()
        }
        try result.get()
    }

    private nonisolated(nonsending) func runTogether(
        in tasks: RunTasks, _ inbox: RunInbox
    ) async throws(WorkflowError) {
        var running = 0
        var alarm: Timestamp?
        var watchedRevision: UInt64?
        while true {
            for attempt in begun {
                let execution = execution(of: attempt)
                tasks.start { await inbox.post(.ended(execution.run())) }
            }
            running += begun.count
            begun.removeAll(keepingCapacity: true)
            guard running > 0, decider.state.phase == .active else { return }
            if let due = decider.state.nextAlarm {
                if due < alarm ?? due + .nanoseconds(1) {
                    alarm = due
                    tasks.start { [environment] in
                        if (try? await environment.clock.sleep(until: due)) != nil { await inbox.post(.look) }
                    }
                }
            }
            // A pause that is withdrawn lets branches go on that it held back.
            if decider.state.steps.waits.isAny || decider.hasHeldBack, watchedRevision != decider.state.revision {
                watchedRevision = decider.state.revision
                tasks.start { [environment, id, revision = decider.state.revision] in
                    await environment.backend.waitForChange(of: id, after: revision)
                    await inbox.post(.look)
                }
            }
            var commands: [Command] = []
            for item in await inbox.takeAll() {
                switch item {
                case .look:
                    if alarm.map({ $0 <= environment.clock.now }) == true { alarm = nil }
                    try await refresh()
                    commands.append(.look)
                case .ended(let result):
                    if isInterruptedByMiddleware(result) { throw .interrupted(id) }
                    running -= 1
                    commands.append(take(result))
                }
            }
            decider.isDraining = environment.isDraining
            try await commit(commands)
        }
    }

    // MARK: Storage

    /// Decides, and stores what was decided. If somebody else changed the instance meanwhile, decides again.
    // Inlined, like what it calls: a task that waits for the disk should not have to find its way back through many frames.
    @inline(__always)
    private nonisolated(nonsending) func commit(_ commands: [Command]) async throws(WorkflowError) {
        var wasChanged = false
        while true {
            // An attempt that this run has begun was not interrupted, even if its code has not been called yet.
            if isPartlyStored { decider.ownAttempts = Set(begun.map(\.step)) }
            for command in commands { decider.decide(command, at: environment.clock.now) }
            // What others did may be what a step waits for. They are known of now, so nobody will tell of it again.
            if wasChanged, decider.state.phase == .active { decider.decide(.look, at: environment.clock.now) }
            // What was stored in part is not decided again by its command, so go on from where it ends.
            if isPartlyStored { decider.decide(.proceed, at: environment.clock.now) }
            isPartlyStored = false
            do throws(WorkflowError) {
                return try await append(knownToBeSmall: commands.count == 1 && commands[0].bringsLittle)
            } catch {
                guard case .backend(.conflict) = error else { throw error }
                try await rebase(on: try await environment.state(of: id))
                wasChanged = true
            }
        }
    }

    /// Stores what was decided, in as few commits as their size allows.
    ///
    /// If it throws after the first of them, ``isPartlyStored`` is true.
    ///
    /// - Parameter knownToBeSmall: Whether a few events cannot be too large for a commit: then they are not gone through.
    @inline(__always)
    private nonisolated(nonsending) func append(knownToBeSmall: Bool = false) async throws(WorkflowError) {
        let events = decider.takeEvents()
        guard !events.isEmpty else { return }
        if knownToBeSmall, events.count <= 4, environment.commitBytes >= EventBatch.fewEventsLimit {
            return try await store(events)
        }
        let count = EventBatch.count(ofFirstCommitIn: events[...], limit: environment.commitBytes)
        if count == events.count { return try await store(events) }
        var rest = events[...]
        while !rest.isEmpty {
            let part = rest.prefix(EventBatch.count(ofFirstCommitIn: rest, limit: environment.commitBytes))
            try await store(Array(part))
            rest = rest.dropFirst(part.count)
            isPartlyStored = !rest.isEmpty
        }
    }

    /// Stores events in one commit, and notes which attempts that lets begin.
    @inline(__always)
    private nonisolated(nonsending) func store(_ events: [Event]) async throws(WorkflowError) {
        let consumed = decider.takeConsumedTraces()
        do throws(BackendError) {
            try await environment.backend.append(events, lease: lease)
        } catch {
            throw WorkflowError(error)
        }
        for index in events.indices {
            if case .taskStarted(let attempt) = events[index].body { begun.append(attempt) }
        }
        environment.observer.didStore(
            events,
            of: RunDescription(
                instance: id, workflow: decider.state.workflow, executor: lease.executor,
                traceContext: decider.state.traceContext, consumedSignals: consumed))
    }

    /// Takes in what others did to the instance.
    private nonisolated(nonsending) func refresh() async throws(WorkflowError) {
        let state = try await environment.state(of: id)
        if state?.revision != decider.state.revision { try await rebase(on: state) }
    }

    private nonisolated(nonsending) func rebase(on state: InstanceState?) async throws(WorkflowError) {
        guard let state, state.run == run else { throw .takenOver(id) }
        decider.rebase(on: state)
    }

    // MARK: Attempts

    private func execution(of attempt: Event.TaskStarted) -> TaskExecution {
        let task = decider.graph.task(attempt.step.node)
        let context = TaskContext(
            workflow: decider.state.workflow, instance: id, run: run, step: attempt.step, attempt: attempt.attempt,
            node: task, metadata: decider.state.metadata, codecs: environment.codecs, logger: environment.logger)
        let input = Result { () throws(ValueError) in try decider.input(of: attempt.step) }
        return TaskExecution(
            task: task, input: input, context: context, environment: environment)
    }

    /// Whether an attempt gave up because middleware has cancelled the Swift task that it made for the run.
    private func isInterruptedByMiddleware(_ ended: TaskExecution.Ended) -> Bool {
        guard case .threw = ended.outcome, Task.isCancelled, !hasOwnTask else { return false }
        return environment.control?.reason == nil
    }

    private var isBeingStopped: Bool { environment.control?.reason != nil }

    /// The command that follows from an attempt.
    private func take(_ ended: TaskExecution.Ended) -> Command {
        let result: AttemptResult
        switch ended.outcome {
        case .returned(let output):
            if let payload = output.payload {
                decider.values.remember(output, of: ended.step)
                result = .succeeded(output: payload)
            } else {
                // Never so: what a task returns has a payload of its own.
                result = .interrupted
            }
        case .threw(let failure, let isRetryable): result = .failed(failure, isRetryable: isRetryable)
        // A run that is being stopped gives its code time to clean up: that it takes too long is no verdict on the work.
        case .timedOut(let limit): result = isBeingStopped ? .interrupted : .timedOut(limit: limit)
        case .stalled(let limit): result = isBeingStopped ? .interrupted : .stalled(limit: limit)
        case .interrupted: result = .interrupted
        case .stuck(let value): result = .stuck(value)
        }
        return .attemptEnded(ended.step, attempt: ended.attempt, result)
    }
}

/// Tells Swift tasks apart, as long as they exist.
private func currentTaskIdentity() -> Int? { withUnsafeCurrentTask { $0?.hashValue } }

extension InstanceState {
    /// When the first of the failed attempts is due to be repeated; `nil` if the run does not wait for that.
    fileprivate var nextRetry: Timestamp? {
        guard phase == .active else { return nil }
        return steps.open.compactMap { known in
            if case .waitingToRetry(let due) = known.status { due } else { nil }
        }.min()
    }
}
