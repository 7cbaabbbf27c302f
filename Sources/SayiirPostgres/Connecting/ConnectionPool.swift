internal import DequeModule
internal import SayiirEvents
internal import SayiirLog

/// Connections to the server, each with a thread of its own, opened as they are needed.
///
/// Calls that find all of them busy wait in line. The connection that was used last is used next, so that few suffice for little
/// work, and the rest close after a while.
final class ConnectionPool: Sendable {
    let address: ServerAddress
    let options: PostgresOptions

    private struct State {
        var waiting: Deque<Job> = []
        /// Threads without a job, the one that had the last at the end.
        var idle: [Thread] = []
        var threadCount = 0
        var isClosed = false
    }

    /// What a thread does with its connection, or with the reason for having none.
    private struct Job: Sendable {
        var deadline: ContinuousClock.Instant
        var body: @Sendable (Result<PostgresConnection, PostgresError>) -> Void
    }

    /// A thread that waits for a job.
    private final class Thread: Sendable {
        let job = Monitor<Job?>(nil)
    }

    private let state = Monitor(State())

    init(_ address: ServerAddress, _ options: PostgresOptions) {
        self.address = address
        self.options = options.bounded
    }

    /// Runs `work` on a connection, off the cooperative pool.
    ///
    /// - Parameters:
    ///   - isUrgent: Whether it goes before everything that waits.
    ///   - work: May be run again by the caller if the connection breaks.
    func run<Value: Sendable>(
        isUrgent: Bool = false, _ work: @escaping @Sendable (PostgresConnection) throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let result = await withCheckedContinuation { continuation in
            let job = Job(deadline: ContinuousClock.now + options.acquireTimeout) { connection in
                continuation.resume(
                    returning: connection.flatMap { connection in
                        Result { () throws(PostgresError) in try work(connection) }
                    })
            }
            submit(job, isUrgent: isUrgent)
        }
        return try result.get()
    }

    /// Like ``run(isUrgent:_:)``, and tries again for a while if the connection breaks, or cannot be had.
    ///
    /// - Parameters:
    ///   - isUrgent: Whether it goes before everything that waits.
    ///   - work: Is also told whether the server may have done it before, which nobody knows then.
    func runPersistently<Value: Sendable>(
        isUrgent: Bool = false,
        _ work: @escaping @Sendable (PostgresConnection, _ mayHaveRun: Bool) throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let deadline = ContinuousClock.now + options.reconnectTimeout
        var pause = Duration.milliseconds(5)
        var mayHaveRun = false
        while true {
            do throws(PostgresError) {
                return try await run(isUrgent: isUrgent) { [mayHaveRun] connection throws(PostgresError) in
                    try work(connection, mayHaveRun)
                }
            } catch {
                if error.isOutcomeUnknown { mayHaveRun = true }
                guard error.isWorthAnotherTry, ContinuousClock.now + pause < deadline, !Task.isCancelled else {
                    throw error
                }
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Closes what is idle now, and the rest when it is done; what waits and what comes is refused.
    func close() {
        let (waiting, idle) = state.withLock { state in
            state.isClosed = true
            defer {
                state.waiting.removeAll()
                state.idle.removeAll()
            }
            return (state.waiting, state.idle)
        }
        for job in waiting { job.body(.failure(closedError)) }
        for thread in idle { thread.job.update { $0 = Job(deadline: .now) { _ in } } }
    }

    /// Refuses jobs that have waited for too long. To be called now and then.
    func expireWaiting() {
        let now = ContinuousClock.now
        let late = state.withLock { state in
            let late = state.waiting.filter { $0.deadline <= now }
            if !late.isEmpty { state.waiting.removeAll { $0.deadline <= now } }
            return late
        }
        let error = PostgresError(
            .poolExhausted, server: address.name,
            message: "\(options.maximumConnections) connections, none free within \(options.acquireTimeout)")
        for job in late { job.body(.failure(error)) }
    }

    private var closedError: PostgresError { PostgresError(.closed, server: address.name, message: "") }

    // MARK: Threads

    private func submit(_ job: Job, isUrgent: Bool) {
        enum Decision { case refuse, hand(Thread), start, wait }
        let decision = state.withLock { state -> Decision in
            if state.isClosed { return .refuse }
            if let thread = state.idle.popLast() { return .hand(thread) }
            if isUrgent { state.waiting.prepend(job) } else { state.waiting.append(job) }
            guard state.threadCount < max(1, options.maximumConnections) else { return .wait }
            state.threadCount += 1
            return .start
        }
        switch decision {
        case .refuse: job.body(.failure(closedError))
        case .hand(let thread): thread.job.update { $0 = job }
        case .wait: break
        case .start:
            do throws(FileSystemError) {
                try startThread { [self] in serve(Thread()) }
            } catch {
                noThread("\(error)")
            }
        }
    }

    /// Without a thread nobody would take what waits, unless there are others.
    private func noThread(_ reason: String) {
        let stranded = state.withLock { state -> Deque<Job> in
            state.threadCount -= 1
            guard state.threadCount == 0 else { return [] }
            defer { state.waiting.removeAll() }
            return state.waiting
        }
        let error = PostgresError(.poolExhausted, server: address.name, message: reason)
        for job in stranded { job.body(.failure(error)) }
    }

    /// The life of a thread.
    private func serve(_ thread: Thread) {
        var connection: PostgresConnection?
        while let job = nextJob(for: thread) {
            if let open = connection, open.isBroken || open.openedAt + options.maximumLifetime < .now {
                connection = nil
            }
            if connection == nil {
                do throws(PostgresError) {
                    connection = try PostgresConnection(address, options)
                } catch {
                    job.body(.failure(error))
                    continue
                }
            }
            if let connection { job.body(.success(connection)) }
        }
    }

    /// The next job; `nil` if the thread is not needed any more.
    private func nextJob(for thread: Thread) -> Job? {
        let waiting = state.withLock { state -> Job?? in
            if state.isClosed {
                state.threadCount -= 1
                return .some(nil)
            }
            if let job = state.waiting.popFirst() { return job }
            state.idle.append(thread)
            return nil
        }
        if let waiting { return waiting }
        while true {
            let job = thread.job.wait(nanoseconds: options.idleTimeout.nanosecondCount) { job -> Job? in
                defer { job = nil }
                return job
            }
            if let job {
                let isClosed = state.withLock { state in
                    if state.isClosed { state.threadCount -= 1 }
                    return state.isClosed
                }
                guard isClosed else { return job }
                job.body(.failure(closedError))
                return nil
            }
            let isDismissed = state.withLock { state in
                // If it is not among the idle any more, a job is on its way to it.
                guard state.threadCount > options.minimumConnections,
                    let place = state.idle.firstIndex(where: { $0 === thread })
                else { return false }
                state.idle.remove(at: place)
                state.threadCount -= 1
                return true
            }
            if isDismissed { return nil }
        }
    }
}

extension PostgresError {
    /// Whether the same work may succeed on another connection, or a moment later.
    fileprivate var isWorthAnotherTry: Bool {
        switch kind {
        case .unreachable, .connectionLost, .contended, .readOnly, .tooManyConnections: true
        default: false
        }
    }
}

extension Duration {
    /// Whole nanoseconds, between 0 and what may be added to a time of day.
    var nanosecondCount: Int { min(max(Int(clamping: saturatedNanoseconds), 0), .max / 4) }
}
