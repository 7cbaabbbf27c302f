internal import SayiirEvents
internal import SayiirLog

/// One attempt at a task: calls the user's code, within its time.
struct TaskExecution: Sendable {
    /// `nil` if the workflow has no such task.
    let task: TaskNode?
    let input: Result<NodeValue, ValueError>
    let context: TaskContext
    let environment: RunEnvironment

    private var clock: any EngineClock { environment.clock }
    private var observer: Observer { environment.observer }
    private var executors: TaskExecutors { environment.executors }

    enum Outcome: Sendable {
        case returned(NodeValue)
        case threw(Failure, isRetryable: Bool)
        case timedOut(Duration)
        /// There was no heartbeat for so long.
        case stalled(Duration)
        /// The engine stopped the run, and the code gave up because of that.
        case interrupted
        /// A stored value could not be decoded. If that was the task's input, no code ran.
        case stuck(UndecodableValue)
    }

    /// What became of which attempt.
    struct Ended: Sendable {
        var step: Step
        var attempt: UInt32
        var outcome: Outcome
    }

    nonisolated(nonsending) func run() async -> Ended {
        let outcome: Outcome
        if observer.isAbsent, let task, task.isPlain, case .success(let input) = input {
            // What most tasks are: surrounded by nothing, and ended by nothing but themselves.
            outcome = await call(task, input)
        } else {
            outcome = await observer.aroundTask(context) { await self.outcome() }
        }
        return Ended(step: context.step, attempt: context.attempt, outcome: outcome)
    }

    private nonisolated(nonsending) func outcome() async -> Outcome {
        guard let task else {
            return .threw(Failure(type: "", message: "Task '\(context.task)' not found"), isRetryable: false)
        }
        switch input {
        case .success(let input):
            guard let pulse = context.pulse, let limit = task.options.heartbeatTimeout else {
                return await outcome(of: task, input)
            }
            return await outcome(ofTaskWithHeartbeat: pulse, missingFor: limit) { await outcome(of: task, input) }
        case .failure(let error): return .stuck(error.undecodable(as: "the output before it"))
        }
    }

    private nonisolated(nonsending) func outcome(of task: TaskNode, _ input: NodeValue) async -> Outcome {
        // A longer time-out never ends an attempt, whatever its number is.
        guard let limit = task.options.timeout, limit <= .longestWait else {
            guard task.options.isBlocking else { return await call(task, input) }
            return await withTaskExecutorPreference(executors.blocking) { await call(task, input) }
        }
        guard limit > .zero else { return .timedOut(limit) }
        let race = FirstResult<Outcome>()
        let executor = task.options.isBlocking ? executors.blocking : executors.timed
        let work = Task(executorPreference: executor) { race.finish(await call(task, input)) }
        let cancelTimer = startTimer(limit, race)
        let outcome = await withTaskCancellationHandler {
            await race.value()
        } onCancel: {
            work.cancel()
        }
        // Code that ignores cancellation goes on by itself. Nobody waits for it: a hanging call must not hold up the
        // workflow, and what it returns is dropped.
        work.cancel()
        cancelTimer()
        return outcome
    }

    /// Ends the race when the time is over.
    ///
    /// - Returns: What cancels that.
    private func startTimer(_ limit: Duration, _ race: FirstResult<Outcome>) -> @Sendable () -> Void {
        if clock is any MachineClock {
            let number = TaskTimer.shared.start(after: limit) { race.finish(.timedOut(limit)) }
            return { TaskTimer.shared.cancel(number) }
        }
        let timer = Task(executorPreference: executors.timed) { [clock] in
            try? await clock.sleep(for: limit)
            if !Task.isCancelled { race.finish(.timedOut(limit)) }
        }
        return { timer.cancel() }
    }

    private nonisolated(nonsending) func call(_ task: TaskNode, _ input: NodeValue) async -> Outcome {
        ThreadNote.set(task.number)
        do {
            return .returned(
                try await TaskContext.$current.withValue(context) { try await task.run(input, context.codecs) })
        } catch let error as TaskValueError {
            switch error {
            case .input(let expected, let cause): return .stuck(cause.undecodable(as: expected))
            case .output: return .threw(error.failure(of: context.task), isRetryable: true)
            }
        } catch let error as BranchResultError where error.undecodable != nil {
            return error.undecodable.map { .stuck($0) } ?? .threw(Failure(error), isRetryable: true)
        } catch {
            if isInterruption(error) { return .interrupted }
            if let error = error as? NonRetryable { return .threw(Failure(error.underlying), isRetryable: false) }
            return .threw(Failure(error), isRetryable: task.mayRetry?(error) ?? true)
        }
    }

    /// Whether the engine caused an error by stopping the run: then it says nothing about the work, whatever its type is.
    private func isInterruption(_ error: any Error) -> Bool {
        if environment.control?.reason != nil { return true }
        // At a graceful shutdown the code is to come to its end. But what it waits for may end early.
        guard environment.drain?.isSet == true else { return false }
        if case .interrupted? = error as? WorkflowError { return true }
        if case .waitInterrupted? = error as? WorkflowError { return true }
        return error is CancellationError
    }
}
