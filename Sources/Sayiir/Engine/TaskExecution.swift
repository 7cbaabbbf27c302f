internal import SayiirEvents
internal import SayiirLog

/// One attempt at a task: calls the user's code, within its time.
struct TaskExecution: Sendable {
    /// `nil` if the workflow has no such task.
    let task: TaskNode?
    let input: Result<NodeValue, ValueError>
    let context: TaskContext
    let clock: any EngineClock
    let observer: Observer
    let executors: TaskExecutors

    enum Outcome: Sendable {
        case returned(NodeValue)
        case threw(Failure, isRetryable: Bool)
        case timedOut(Duration)
        /// The calling task was cancelled, and the code gave up because of that.
        case interrupted
    }

    /// What became of which attempt.
    struct Ended: Sendable {
        var step: Step
        var attempt: UInt32
        var outcome: Outcome
    }

    nonisolated(nonsending) func run() async -> Ended {
        // What surrounds a task needs a closure that owns all of this; most tasks are surrounded by nothing.
        let outcome = observer.isAbsent ? await outcome() : await observer.aroundTask(context) { await self.outcome() }
        return Ended(step: context.step, attempt: context.attempt, outcome: outcome)
    }

    private nonisolated(nonsending) func outcome() async -> Outcome {
        guard let task else {
            return .threw(Failure(type: "", message: "Task '\(context.task)' not found"), isRetryable: false)
        }
        switch input {
        case .success(let input): return await outcome(of: task, input)
        case .failure(let error):
            return .threw(.undecodable(context.task, expected: "the output before it", error), isRetryable: false)
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
            // The same bytes will not decode next time either.
            if case .input = error { return .threw(error.failure(of: context.task), isRetryable: false) }
            return .threw(error.failure(of: context.task), isRetryable: true)
        } catch is CancellationError where Task.isCancelled {
            return .interrupted
        } catch {
            return .threw(Failure(error), isRetryable: true)
        }
    }
}
