import Foundation
import PostgresCluster
import Sayiir
import ShutdownWork
import TestPrograms
import TestSupport

/// Runs all cells of the shutdown matrix, several at a time, since they mostly wait.
enum Matrix {
    /// All cells: they begin when the first one is asked for.
    private static let runs: [MatrixCase: Task<Result<Observation, any Error>, Never>] = {
        let slots = Slots(12)
        let pairs = MatrixCase.all.map { item in
            let run = Task {
                await slots.acquire()
                let result: Result<Observation, any Error>
                do { result = .success(try await observe(item)) } catch { result = .failure(error) }
                await slots.release()
                return result
            }
            return (item, run)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }()

    /// What was seen of a cell.
    static func observation(of item: MatrixCase) async throws -> Observation {
        guard let run = runs[item] else { throw Trouble("there is no such cell") }
        return try await run.value.get()
    }

    /// The most time from the request to stop to the end, on a busy machine. It takes two seconds at most otherwise; what is waited for
    /// would take 40 or more.
    private static let limit = Duration.seconds(30)
    /// The most time for the rest: programs that start, and instances that complete.
    private static let patience = Duration.seconds(120)

    private static func observe(_ item: MatrixCase) async throws -> Observation {
        let directory = try TemporaryDirectory()
        let calls = CallFile("\(directory.path)/calls")
        switch item.store {
        case .memory: return try await observe(item.cell, on: InMemoryBackend(), calls)
        case .log:
            return try await observe(item.cell, in: ["\(directory.path)/calls", "log", "\(directory.path)/log"], calls)
        case .postgres:
            let url = try await PostgresCluster.shared.url
            let schema = "stop_" + UUID().uuidString.lowercased().replacing("-", with: "")
            return try await observe(item.cell, in: ["\(directory.path)/calls", "postgres", url, schema], calls)
        }
    }

    // MARK: In this process

    private static func observe(
        _ cell: Cell, on backend: InMemoryBackend, _ calls: CallFile
    ) async throws -> Observation {
        var observation = Observation()
        let program = try ShutdownProgram(cell, on: backend, calls: calls)
        let running = try await program.start()
        try await program.waitUntilInPlace()
        let start = ContinuousClock.now
        if cell.stop == .cancel { running.task.cancel() } else { await running.shutDown() }
        let ending = Atomically<[String]?>(nil)
        Task {
            let lines = await running.task.value
            ending.change { $0 = lines }
        }
        observation.endedInTime = await waitUntil(within: limit) { ending.value != nil }
        observation.timeToEnd = ContinuousClock.now - start
        observation.firstLines = ending.value ?? []
        observation.callsWhenStopped = calls.counts
        observation.lastLines = try await ShutdownProgram(cell, on: backend, calls: calls).finish()
        observation.callsInTheEnd = calls.counts
        return observation
    }

    // MARK: In processes of their own

    private static func observe(_ cell: Cell, in place: [String], _ calls: CallFile) async throws -> Observation {
        var observation = Observation()
        let words = [cell.mode.rawValue, cell.stop.rawValue, cell.situation.rawValue] + place
        let first = try RunningProgram(BuiltProgram("shutdown-worker"), ["start"] + words)
        _ = await waitUntil(within: patience) {
            let lines = await first.lines()
            return !first.isRunning || lines.contains("in place")
        }
        let lines = await first.lines()
        guard lines == ["in place"] else {
            first.signal(SIGKILL)
            throw Trouble("it did not come to its place: \(lines), \(calls.counts)")
        }
        let start = ContinuousClock.now
        switch cell.stop {
        case .sigterm: first.signal(SIGTERM)
        case .sigkill: first.signal(SIGKILL)
        case .cancel: first.sendLine()
        }
        observation.endedInTime = await waitUntil(within: limit) { !first.isRunning }
        observation.timeToEnd = ContinuousClock.now - start
        if !observation.endedInTime { first.signal(SIGKILL) }
        observation.firstLines = await first.end().filter { $0 != "in place" && $0 != "closed" }
        observation.firstStatus = first.status
        observation.callsWhenStopped = calls.counts
        let last = try RunningProgram(BuiltProgram("shutdown-worker"), ["finish"] + words)
        if await !waitUntil(within: patience, { !last.isRunning }) { last.signal(SIGKILL) }
        observation.lastLines = await last.end().filter { $0 != "closed" }
        observation.callsInTheEnd = calls.counts
        return observation
    }

    /// Looks every few milliseconds until something has become true; false if it does not within the time.
    private static func waitUntil(within limit: Duration, _ condition: () async -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while await !condition() {
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}

/// Lets so many run at a time.
private actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func acquire() async {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    }

    func release() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
