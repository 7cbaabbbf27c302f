import Logging
public import Sayiir
import ServiceLifecycle
import UnixSignals

/// The program of a cell: begins an instance and is stopped, or completes what an earlier one left.
public struct ShutdownProgram: Sendable {
    private let cell: Cell
    private let engine: Engine
    private let flows: ShutdownFlows
    private let calls: CallFile

    /// An engine at work.
    public struct Running: Sendable {
        /// The Swift task of the group or of the caller. Returns what became of it.
        public let task: Task<[String], Never>
        /// Asks for a graceful shutdown, as SIGTERM does.
        public let shutDown: @Sendable () async -> Void
    }

    /// How long the group waits for a graceful shutdown, and how long the engine waits for code after a cancellation.
    private var limit: Duration {
        switch cell.situation {
        // What ends by itself must be able to, however busy the machine is.
        case .ends, .waits, .runsInnerInBackOff, .inBackOff, .watched: .seconds(40)
        case .givesUp, .throwsOwn, .ignores, .blocks, .holdsThread, .runsInner, .underDeadline, .inTimeout,
            .ignoresInTimeout, .fork:
            .milliseconds(700)
        }
    }

    /// Makes the program on a backend.
    public init(_ cell: Cell, on backend: any Backend, calls: CallFile) throws {
        self.cell = cell
        self.calls = calls
        var options = EngineOptions()
        let endsByItself = cell.situation == .ends || cell.situation == .fork
        options.cancellationGracePeriod = endsByItself ? .seconds(40) : .milliseconds(700)
        options.logger = Logger(label: "shutdown") { _ in SwiftLogNoOpLogHandler() }
        let engine = Engine(backend: backend, options: options)
        self.engine = engine
        flows = try ShutdownFlows(cell.situation, calls) { engine }
    }

    // MARK: The start that is stopped

    /// Begins the instance.
    public func start() async throws -> Running {
        switch cell.mode {
        case .hand:
            let task = Task { await runByHand() }
            return Running(task: task) { task.cancel() }
        case .service:
            try register()
            try await engine.client.submit(flows.outer, id: "outer", input: 1)
            let group = group(with: [
                Watcher(name: "events") { try await watchEvents() }, Watcher(name: "end") { try await watchEnd() },
            ])
            let task = Task {
                do {
                    try await group.run()
                    return ["the group returned"]
                } catch {
                    return ["the group threw \(error)"]
                }
            }
            return Running(task: task) { await group.triggerGracefulShutdown() }
        }
    }

    /// Returns when the instance is in its situation.
    public func waitUntilInPlace() async throws {
        let wanted = cell.calls.whenStopped
        while calls.counts != wanted { try await Task.sleep(for: .milliseconds(5)) }
        while !(try await isInPlace()) { try await Task.sleep(for: .milliseconds(5)) }
        // The code that has left its line has to come to its wait, and so have those who watch.
        try await Task.sleep(for: .milliseconds(100))
    }

    private func isInPlace() async throws -> Bool {
        switch cell.situation {
        case .inBackOff: return try await isWaitingToRetry(Step("middle"), of: "outer")
        case .runsInnerInBackOff: return try await isWaitingToRetry(Step("inner_second"), of: "inner")
        case .waits:
            return try await engine.client.instances().contains { $0.id == "inner" && $0.phase != .unsubmitted }
        case .watched:
            if case .awaitingSignal = try await engine.client.status(of: "outer") { return true }
            return false
        case .ends, .givesUp, .throwsOwn, .ignores, .blocks, .holdsThread, .runsInner, .underDeadline, .inTimeout,
            .ignoresInTimeout, .fork:
            return true
        }
    }

    private func isWaitingToRetry(_ step: Step, of id: InstanceID) async throws -> Bool {
        if case .waitingToRetry? = try await engine.client.state(of: id).steps[step]?.status { true } else { false }
    }

    private func runByHand() async -> [String] {
        var results: [String] = []
        do {
            let status = try await engine.run(flows.outer, id: "outer", input: 1, onConflict: .resume)
            results.append("the run returned \(status.status.name)")
        } catch {
            results.append("the run threw \(Self.kind(of: error))")
        }
        guard cell.situation == .watched else { return results }
        async let events: Void = watchEvents()
        async let end: Void = watchEnd()
        do {
            _ = try await (events, end)
        } catch {
            results.append("a watcher threw \(error)")
        }
        return results
    }

    private func watchEvents() async throws {
        for try await _ in engine.client.events(of: "outer") {}
    }

    private func watchEnd() async throws {
        do throws(WorkflowError) {
            _ = try await engine.client.waitForCompletion(of: "outer", as: flows.outer)
        } catch {
            guard case .waitInterrupted = error else { throw error }
        }
    }

    private static func kind(of error: any Error) -> String {
        if case .interrupted(let id)? = error as? WorkflowError { "interrupted \(id)" } else { "\(error)" }
    }

    // MARK: The start that completes

    /// Completes the instance that an earlier program left.
    ///
    /// - Returns: What became of it: its output, how many attempts failed, and what should not be in its history.
    public func finish() async throws -> [String] {
        switch cell.situation {
        case .watched: try await engine.client.signal(ShutdownFlows.go, to: "outer", payload: 12)
        case .waits: try await engine.client.signal(ShutdownFlows.go, to: "inner", payload: 1)
        case .ends, .givesUp, .throwsOwn, .ignores, .blocks, .holdsThread, .runsInner, .runsInnerInBackOff,
            .underDeadline, .inTimeout, .ignoresInTimeout, .inBackOff, .fork:
            break
        }
        let output: Int
        switch cell.mode {
        case .hand: output = try await finishByHand()
        case .service: output = try await finishAsService()
        }
        return try await report(output)
    }

    private func finishAsService() async throws -> Int {
        try register()
        let group = group(with: [])
        async let served: Void = group.run()
        let status = try await engine.client.waitForCompletion(of: "outer", as: flows.outer)
        await group.triggerGracefulShutdown()
        try await served
        return try status.requireOutput()
    }

    /// What a program does whose caller tries again until all is done.
    private func finishByHand() async throws -> Int {
        let inner = flows.inner.map { inner in
            Task {
                // By hand, what a task waits for needs a caller, too.
                while !Task.isCancelled {
                    if try await engine.client.instances().contains(where: { $0.id == "inner" }) {
                        _ = try? await engine.resume(inner, id: "inner")
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
        defer { inner?.cancel() }
        while true {
            let status = try await engine.run(flows.outer, id: "outer", input: 1, onConflict: .resume)
            if status.isEnded { return try status.requireOutput() }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func report(_ output: Int) async throws -> [String] {
        var lines = ["output \(output)"]
        var failed = 0
        for summary in try await engine.client.instances() {
            let state = try await engine.client.state(of: summary.id)
            if !state.anomalies.isEmpty { lines.append("\(summary.id) has \(state.anomalies)") }
            if state.phase != .completed { lines.append("\(summary.id) is \(state.status.name)") }
            for recorded in try await engine.client.history(of: summary.id) {
                let kind = recorded.event.body.kindName
                if kind == "task_failed" || kind == "task_timed_out" { failed += 1 }
            }
        }
        lines.append("failed attempts \(failed)")
        return lines
    }

    // MARK: Parts

    private func register() throws {
        try engine.register(flows.outer)
        if let inner = flows.inner { try engine.register(inner) }
    }

    private func group(with others: [any Service]) -> ServiceGroup {
        let services = ([engine] + others).map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm],
            logger: Logger(label: "shutdown") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = limit
        // Above it the group ends the process with a trap.
        configuration.maximumCancellationDuration = .seconds(60)
        return ServiceGroup(configuration: configuration)
    }
}

/// A service beside the engine that waits for an instance, as a server's request handlers do.
private struct Watcher: Service, CustomStringConvertible {
    let name: String
    let body: @Sendable () async throws -> Void

    var description: String { name }

    func run() async throws { try await body() }
}
