internal import SayiirLog

/// The Swift tasks that a run has started beside its own: attempts, timers, watchers. They are cancelled together, and their end
/// is not waited for, so that code which ignores cancellation holds nothing up.
final class RunTasks: Sendable {
    private struct Contents {
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastNumber = 0
        var isCancelled = false
    }

    private let contents = Monitor(Contents())
    private let executor: (any TaskExecutor)?

    /// - Parameter executor: Where the tasks run; `nil` for Swift's pool.
    init(on executor: (any TaskExecutor)?) { self.executor = executor }

    /// Starts a task.
    func start(_ body: @escaping @Sendable () async -> Void) {
        // Made under the lock, so that a task that ends at once finds its entry.
        contents.withLock { contents in
            contents.lastNumber += 1
            let number = contents.lastNumber
            let task = Task(executorPreference: executor) {
                await body()
                self.contents.withLock { _ = $0.tasks.removeValue(forKey: number) }
            }
            contents.tasks[number] = task
            if contents.isCancelled { task.cancel() }
        }
    }

    /// Cancels all tasks, and those that are started from here on.
    func cancelAll() {
        let tasks = contents.withLock { contents in
            contents.isCancelled = true
            return contents.tasks
        }
        for task in tasks.values { task.cancel() }
    }
}
