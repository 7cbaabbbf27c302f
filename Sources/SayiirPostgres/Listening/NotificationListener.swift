internal import SayiirLog

/// Listens to what the server tells about changes, on a thread and a connection of its own, and connects again when that breaks.
final class NotificationListener: Sendable {
    /// What comes from the server.
    enum Message: Sendable {
        /// A change without a lease, or an announcement: there may be work.
        case work(String)
        /// A change that somebody waits for.
        case change(String)
        /// Notifications may have been missed: everybody should look.
        case reconnected
    }

    private struct State {
        var isClosed = false
        /// What became of the first connection; `nil` while it is being made.
        var firstOutcome: Result<Void, PostgresError>?
        /// Who waits for that.
        var waiting: CheckedContinuation<Result<Void, PostgresError>, Never>?
    }

    let messages: AsyncStream<Message>
    private let continuation: AsyncStream<Message>.Continuation
    private let address: ServerAddress
    private let options: PostgresOptions
    private let channel: String
    private let state = Monitor(State())

    init(_ address: ServerAddress, _ options: PostgresOptions, channel: String) {
        self.address = address
        self.options = options
        self.channel = channel
        (messages, continuation) = AsyncStream.makeStream()
    }

    /// Starts the thread, and returns once it listens. To be called once.
    ///
    /// - Throws: What keeps it from listening: it does not try again then.
    func start() async throws(PostgresError) {
        do throws(FileSystemError) {
            try startThread { [self] in listen() }
        } catch {
            throw PostgresError(.poolExhausted, server: address.name, message: "\(error)")
        }
        let result = await withCheckedContinuation { continuation in
            let outcome = state.withLock { state in
                if state.firstOutcome == nil { state.waiting = continuation }
                return state.firstOutcome
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
        try result.get()
    }

    /// Ends the thread within a moment.
    func close() {
        state.update { $0.isClosed = true }
        continuation.finish()
        settle(.failure(PostgresError(.closed, server: address.name, message: "")))
    }

    /// Tells ``start()`` what became of the first connection; false if that is known already.
    @discardableResult
    private func settle(_ outcome: Result<Void, PostgresError>) -> Bool {
        let waiting = state.withLock { state -> CheckedContinuation<Result<Void, PostgresError>, Never>?? in
            guard state.firstOutcome == nil else { return nil }
            state.firstOutcome = outcome
            return .some(state.waiting)
        }
        guard let waiting else { return false }
        waiting?.resume(returning: outcome)
        return true
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func listen() {
        var pause = Duration.milliseconds(50)
        while !isClosed {
            do throws(PostgresError) {
                let connection = try PostgresConnection(address, options)
                try connection.runScript("LISTEN \(quotedIdentifier(channel))")
                pause = .milliseconds(50)
                if !settle(.success(())) { continuation.yield(.reconnected) }
                try listen(on: connection)
            } catch {
                if settle(.failure(error)) { return }
                // Nothing is lost by it: whoever waits also looks by itself now and then.
                _ = state.wait(nanoseconds: pause.nanosecondCount) { $0.isClosed ? true : nil }
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    /// Listens until it is closed, or the connection breaks or has become too old.
    private func listen(on connection: PostgresConnection) throws(PostgresError) {
        var lastSign = ContinuousClock.now
        while !isClosed, connection.openedAt + options.maximumLifetime > .now {
            let payloads = try connection.notifications(waitingUpTo: Self.longestWait)
            for payload in payloads { report(payload) }
            if !payloads.isEmpty {
                lastSign = .now
            } else if lastSign + options.heartbeatInterval < .now {
                // Who only listens does not see that the way to the server is cut, or that the server is gone.
                _ = try connection.run(Self.anything)
                lastSign = .now
            }
        }
    }

    private static let anything = Statement("anything", "SELECT 1")

    /// So long the thread may go on when it is closed.
    private static let longestWait = Duration.milliseconds(250)

    private func report(_ payload: String) {
        let instance = String(payload.dropFirst())
        switch payload.first {
        case "+": continuation.yield(.work(instance))
        case "=": continuation.yield(.change(instance))
        default: break
        }
    }
}
