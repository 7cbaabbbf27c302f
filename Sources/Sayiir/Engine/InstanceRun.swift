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
    let lease: Lease
    let environment: RunEnvironment
    var decider: Decider
    /// The number of the instance's run when this began: another one is not ours.
    var run: UInt64
    /// Attempts that are recorded as begun and whose code has not been called yet.
    var begun: [Event.TaskStarted] = []
    /// Whether this runs in the Swift task that the engine made for it, and not in one that middleware made: then only the
    /// engine and the tasks' code can cancel it.
    private let hasOwnTask: Bool
    /// Whether a part of what was decided last is stored, and the rest is not.
    var isPartlyStored = false

    /// Runs an instance, and the observers see it.
    ///
    /// - Returns: How the instance was left.
    static func perform(
        _ plan: RunPlan, under lease: Lease, in environment: RunEnvironment
    ) async throws(WorkflowError) -> LeftInstance {
        let left = try await performOnce(plan, under: lease, in: environment)
        guard left.leftToNewTask != nil else { return left }
        return try await goOnInNewTasks(from: left, plan.graph, under: lease, in: environment)
    }

    /// Goes on in other Swift tasks as long as code of the run cancels them.
    private static func goOnInNewTasks(
        from left: LeftInstance, _ graph: Graph, under lease: Lease, in environment: RunEnvironment
    ) async throws(WorkflowError) -> LeftInstance {
        var left = left
        while let attempts = left.leftToNewTask, let control = environment.control {
            let plan = RunPlan(from: left.state, graph, .attempts(attempts))
            left = try await control.continueInNewTask(on: environment.taskExecutor) {
                do throws(WorkflowError) {
                    return Result<LeftInstance, WorkflowError>.success(
                        try await performOnce(plan, under: lease, in: environment))
                } catch {
                    return .failure(error)
                }
            }.get()
        }
        return left
    }

    private static func performOnce(
        _ plan: RunPlan, under lease: Lease, in environment: RunEnvironment
    ) async throws(WorkflowError) -> LeftInstance {
        if environment.observer.isAbsent {
            return try await InstanceRun(plan, under: lease, in: environment, hasOwnTask: true).run(plan)
        }
        let description = RunDescription(
            instance: lease.instance, workflow: plan.workflow, executor: lease.executor, traceContext: plan.trace)
        let outer = currentTaskIdentity()
        return try await environment.observer.aroundRun(description) { () throws(WorkflowError) in
            let hasOwnTask = outer == currentTaskIdentity()
            return try await InstanceRun(plan, under: lease, in: environment, hasOwnTask: hasOwnTask).run(plan)
        }
    }

    private init(_ plan: RunPlan, under lease: Lease, in environment: RunEnvironment, hasOwnTask: Bool) {
        self.lease = lease
        self.hasOwnTask = hasOwnTask
        self.environment = environment
        decider = Decider(plan.state, graph: plan.graph, codecs: environment.codecs, executor: lease.executor)
        decider.offeredTags = environment.tags
        decider.isDraining = environment.isDraining
        decider.crashLimit = environment.crashLimit
        run = plan.state.run
    }

    var id: InstanceID { lease.instance }

    /// Runs the instance until it ends or has to wait for something outside.
    ///
    /// - Returns: How the instance was left.
    private nonisolated(nonsending) func run(_ plan: RunPlan) async throws(WorkflowError) -> LeftInstance {
        switch plan.start {
        case .submission: try await submit(plan)
        case .takingUp:
            environment.control?.run = run
            // In most cases nothing was interrupted before, and there is nothing to wait for.
            if decider.hasSuspects { return try await goOnAlone() }
            try await takeUp()
        case .attempts(let attempts): begun = attempts
        }
        return try await goOn()
    }

    @inline(never)
    private nonisolated(nonsending) func takeUp() async throws(WorkflowError) { try await commit(.takeUp) }

    /// Submits the instance, in one commit with its first step.
    @inline(never)
    private nonisolated(nonsending) func submit(_ plan: RunPlan) async throws(WorkflowError) {
        guard case .submission(let submission, let superseding) = plan.start else { return }
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
            try await commitAgain([.takeUp])
        }
    }

    /// Takes an instance up whose steps may be what ends the process, while no other such instance runs.
    @inline(never)
    private nonisolated(nonsending) func goOnAlone() async throws(WorkflowError) -> LeftInstance {
        let pass = await environment.suspects.enter()
        defer { environment.suspects.leave(pass) }
        guard !environment.isDraining else { throw .interrupted(id) }
        try await takeUp()
        return try await goOn()
    }

    private nonisolated(nonsending) func goOn() async throws(WorkflowError) -> LeftInstance {
        while true {
            if Task.isCancelled, environment.control?.reason == nil {
                // Code of a task, or middleware, has cancelled this Swift task. The engine did not mean to stop.
                guard hasOwnTask else { throw .interrupted(id) }
                return left(toNewTask: begun)
            }
            // A deadline has to end what runs, so that somebody has to look at the clock meanwhile.
            if begun.count == 1, decider.state.deadline == nil, decider.state.steps.hasOneUnderWay {
                let result = await execution(of: begun.removeLast()).run()
                if isInterruptedByMiddleware(result) { throw .interrupted(id) }
                let command = take(result)
                decider.isDraining = environment.isDraining
                try await commit(command)
            } else if !begun.isEmpty {
                try await runTogether()
            } else if decider.isDraining && decider.state.phase == .active {
                throw .interrupted(id)
            } else if decider.state.nextRetry != nil, let due = decider.state.nextAlarm, !environment.isService {
                try await waitForRetry(until: due)
            } else {
                return left()
            }
        }
    }

    @inline(never)
    private func left(toNewTask attempts: [Event.TaskStarted]? = nil) -> LeftInstance {
        LeftInstance(state: decider.state, unoffered: decider.unoffered, leftToNewTask: attempts)
    }

    /// Waits until a retry is due, or the instance is changed from outside, and looks then.
    ///
    /// No code runs in the meantime, so a graceful shutdown of the calling service ends the wait. The retry is left to a later start.
    @inline(never)
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
        decider.isDraining = environment.isDraining
        try await refresh()
        try await commit(.look)
    }

    // MARK: Several attempts at once

    /// Runs what has begun, and what follows from it, until nothing runs any more or the run has ended.
    @inline(never)
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
