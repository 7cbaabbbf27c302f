import Foundation
import Sayiir
import ServiceLifecycle

/// The workflows of a cell. Whatever happens, `outer` has to make 112 of 1.
struct ShutdownFlows: Sendable {
    static let go = Signal("go", of: Int.self)

    let outer: Workflow<Int, Int>
    /// What a task of `outer` waits for or runs; `nil` in most cells.
    let inner: Workflow<Int, Int>?

    init(_ situation: Cell.Situation, _ calls: CallFile, _ client: @escaping @Sendable () -> Engine) throws {
        let inner = try Self.inner(situation, calls)
        let middle = Middle(situation: situation, calls: calls, engine: client, inner: inner)
        let start = Flow("outer", input: Int.self).then("first") { (value: Int) in
            try calls.note("first")
            return value + 1
        }
        let all: FlowBuilder<Int, Int>
        switch situation {
        case .watched: all = start.waitForSignal(Self.go)
        case .fork:
            all = start.fork(
                Branch(DurableTask("middle") { (value: Int) in try await middle.run(value, as: .ends) }),
                Branch(DurableTask("other") { (_: Int) in try await middle.run(0, as: .throwsOwn, "other") })
            ).join("joined") { (one: Int, _: Int) in one }
        case .ends, .givesUp, .throwsOwn, .ignores, .blocks, .holdsThread, .waits, .runsInner, .runsInnerInBackOff,
            .underDeadline, .inTimeout, .ignoresInTimeout, .inBackOff:
            all = start.then(DurableTask("middle", options: Self.options(situation)) { try await middle.run($0) })
        }
        let whole = all.then("last") { (value: Int) in
            try calls.note("last")
            return value + 100
        }
        outer = try (situation == .underDeadline ? whole.deadline(.seconds(3600)) : whole).build()
        self.inner = inner
    }

    /// In a back-off for longer than a start takes, so that the retry is left to the next process.
    private static let retries = RetryPolicy(maxRetries: 1, initialDelay: .seconds(6), multiplier: 1)

    private static func options(_ situation: Cell.Situation) -> TaskOptions {
        switch situation {
        case .inTimeout, .ignoresInTimeout: TaskOptions(timeout: .seconds(3600))
        case .inBackOff: TaskOptions(retries: retries)
        case .blocks: TaskOptions(blocking: true)
        case .ends, .givesUp, .throwsOwn, .ignores, .holdsThread, .waits, .runsInner, .runsInnerInBackOff,
            .underDeadline, .fork, .watched:
            TaskOptions()
        }
    }

    private static func inner(_ situation: Cell.Situation, _ calls: CallFile) throws -> Workflow<Int, Int>? {
        let start = Flow("inner", input: Int.self)
        switch situation {
        case .waits: return try start.waitForSignal(go).build()
        case .runsInner, .runsInnerInBackOff:
            let options = situation == .runsInner ? TaskOptions() : TaskOptions(retries: retries)
            return try start.then("inner_first") { (value: Int) in
                try calls.note("inner_first")
                return value
            }.then("inner_second", options: options) { (value: Int) in
                try calls.note("inner_second")
                guard TaskContext.current?.attempt == 1 else { return value }
                if situation == .runsInnerInBackOff { throw Trouble("it failed by itself") }
                try await Task.sleep(for: .seconds(3600))
                return value
            }.build()
        case .ends, .givesUp, .throwsOwn, .ignores, .blocks, .holdsThread, .underDeadline, .inTimeout,
            .ignoresInTimeout, .inBackOff, .fork, .watched:
            return nil
        }
    }
}

/// The task that is under way when the engine is stopped. Only its first attempt does what the situation says.
private struct Middle: Sendable {
    let situation: Cell.Situation
    let calls: CallFile
    let engine: @Sendable () -> Engine
    let inner: Workflow<Int, Int>?

    /// Longer than any limit of a test, shorter than what would keep the test's own process.
    private static let forever = Duration.seconds(60)

    func run(_ value: Int) async throws -> Int { try await run(value, as: situation) }

    func run(_ value: Int, as situation: Cell.Situation, _ name: String = "middle") async throws -> Int {
        try calls.note(name)
        switch situation {
        case .waits, .runsInner, .runsInnerInBackOff: try await useInner(situation)
        case .inBackOff: if isFirst { throw Trouble("it failed by itself") }
        case .ends: if isFirst { await waitForStop() }
        case .givesUp: if isFirst { try await Task.sleep(for: .seconds(3600)) }
        case .throwsOwn, .inTimeout:
            if isFirst {
                try? await Task.sleep(for: .seconds(3600))
                throw Trouble("the request was cancelled")
            }
        case .ignores, .underDeadline, .ignoresInTimeout: if isFirst { await sleepIgnoringCancellation(Self.forever) }
        case .blocks, .holdsThread:
            let end = ContinuousClock.now + Self.forever
            while isFirst, ContinuousClock.now < end { usleep(10_000) }
        case .fork, .watched: throw Trouble("there is no such task")
        }
        return value + 10
    }

    private var isFirst: Bool { TaskContext.current?.attempt == 1 }

    /// Returns a moment after the engine has begun to stop.
    private func waitForStop() async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully { await sleepIgnoringCancellation(.milliseconds(5)) }
        await sleepIgnoringCancellation(.milliseconds(150))
    }

    private func sleepIgnoringCancellation(_ duration: Duration) async {
        await Task.detached { try? await Task.sleep(for: duration) }.value
    }

    /// Waits for another instance, in the way that works whether or not a service runs it.
    private func useInner(_ situation: Cell.Situation) async throws {
        guard let inner else { throw Trouble("there is no inner workflow") }
        if situation != .waits {
            _ = try await engine().run(inner, id: "inner", input: 1, onConflict: .resume)
        } else {
            try await engine().client.submit(inner, id: "inner", input: 1, onConflict: .useExisting)
        }
        _ = try await engine().client.waitForCompletion(of: "inner", as: inner).requireOutput()
    }
}
