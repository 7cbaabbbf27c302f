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
        var isConnected = false
        var isClosed = false
        /// Those who wait until it listens.
        var waiting: [CheckedContinuation<Void, Never>] = []
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

    /// Starts the thread.
    func start() throws(PostgresError) {
        do throws(FileSystemError) {
            try startThread { [self] in listen() }
        } catch {
            throw PostgresError(.poolExhausted, server: address.name, message: "\(error)")
        }
    }

    /// Ends the thread within a moment.
    func close() {
        state.update { $0.isClosed = true }
        continuation.finish()
        resumeWaiting()
    }

    /// Returns once it listens, or is closed.
    func waitUntilConnected() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if !state.isConnected && !state.isClosed { state.waiting.append(continuation) }
                return state.isConnected || state.isClosed
            }
            if isReady { continuation.resume() }
        }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func listen() {
        var pause = Duration.milliseconds(50)
        var isAgain = false
        while !isClosed {
            do throws(PostgresError) {
                let connection = try PostgresConnection(address, options)
                try connection.runScript("LISTEN \(quotedIdentifier(channel))")
                pause = .milliseconds(50)
                state.withLock { $0.isConnected = true }
                resumeWaiting()
                if isAgain { continuation.yield(.reconnected) }
                isAgain = true
                while !isClosed {
                    for payload in try connection.notifications(waitingUpTo: Self.longestWait) { report(payload) }
                }
            } catch {
                // Nothing is lost by it: whoever waits also looks by itself now and then.
                state.withLock { $0.isConnected = false }
                _ = state.wait(nanoseconds: pause.nanosecondCount) { $0.isClosed ? true : nil }
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

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

    private func resumeWaiting() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
