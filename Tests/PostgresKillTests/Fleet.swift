import Foundation
import PostgresCluster
import Sayiir
import SayiirPostgres
import TestPrograms

/// Worker processes on one schema, each of which takes the place of one that ended. All end with this.
///
/// For one caller at a time.
final class Fleet {
    let schema: String
    let directory: TemporaryDirectory
    /// The workers that run now, or did when somebody looked last.
    private(set) var workers: [RunningProgram] = []
    /// All names of workers that there have been.
    private(set) var names: [String] = []
    private var ended: [RunningProgram] = []
    private var untimelyEnds: [String] = []
    private let url: String
    private let lease: Duration
    private let poll: Duration

    init(at url: String, lease: Duration, poll: Duration) throws {
        self.url = url
        self.lease = lease
        self.poll = poll
        schema = "kill_" + UUID().uuidString.lowercased().replacing("-", with: "")
        directory = try TemporaryDirectory()
    }

    /// How clients and backends of the test find the workers' tables.
    var options: PostgresOptions {
        var options = PostgresOptions()
        options.schema = schema
        options.leaseDuration = lease
        options.pollInterval = poll
        return options
    }

    /// Adds a worker whose time of day is off, and waits until it works.
    @discardableResult
    func add(skew: Duration = .zero) async throws -> RunningProgram {
        let worker = try start(skew: skew)
        workers.append(worker)
        guard await worker.lines(atLeast: 2).last == "ready" else {
            throw TestFailure("a worker did not start: \(await worker.lines()), \(logs().suffix(2000))")
        }
        return worker
    }

    /// Kills a worker with SIGKILL. Another one takes its place at ``replace(_:)``.
    func kill(_ place: Int) async {
        noteUntimelyEnd(workers[place])
        await workers[place].kill()
    }

    private func noteUntimelyEnd(_ worker: RunningProgram) {
        if !worker.isRunning { untimelyEnds.append("a worker ended by itself, with \(worker.status)") }
    }

    /// Starts a worker where one ended.
    func replace(_ place: Int) throws {
        ended.append(workers[place])
        workers[place] = try start()
    }

    /// What workers should not have done: ended, or said that their service has.
    func complaints() async -> [String] {
        for worker in workers { noteUntimelyEnd(worker) }
        var lines = untimelyEnds
        for worker in workers + ended { lines += await worker.lines() }
        return lines.filter { !$0.hasPrefix("clock ") && $0 != "ready" }
    }

    /// All that the workers logged.
    func logs() -> String {
        names.map { (try? String(contentsOfFile: "\(directory.path)/\($0).log", encoding: .utf8)) ?? "" }.joined()
    }

    /// The lines that tasks left, by the name of the worker that ran them.
    func effects() -> [String: [[Substring]]] {
        var effects: [String: [[Substring]]] = [:]
        for name in names {
            let text = (try? String(contentsOfFile: "\(directory.path)/\(name).effects", encoding: .utf8)) ?? ""
            effects[name] = text.split(separator: "\n").map { $0.split(separator: " ") }
        }
        return effects
    }

    private func start(skew: Duration = .zero) throws -> RunningProgram {
        let name = "worker-\(names.count)"
        names.append(name)
        let arguments = [url, schema, directory.path, name, milliseconds(lease), milliseconds(poll)]
        return try RunningProgram(BuiltProgram("postgres-worker"), arguments + ["\(skew.components.seconds)"])
    }

    private func milliseconds(_ duration: Duration) -> String { "\(Int(duration / .milliseconds(1)))" }
}

/// Looks every few milliseconds until something has become true.
///
/// - Throws: ``TestFailure`` if it does not within the time.
func waitUntil(_ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws
{
    let deadline = ContinuousClock.now + limit
    while !(try await condition()) {
        guard ContinuousClock.now < deadline else { throw TestFailure("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
