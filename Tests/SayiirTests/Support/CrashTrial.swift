import CrashEquivalence
import Sayiir
import SayiirTesting
import TestSupport

/// Runs a plan without a crash, and then once for each append of that run with a crash right after it.
///
/// A crash between the call of a task and the append of its result leaves the same disk as one right after the append before: so
/// each of these also repeats the calls that were under way.
struct CrashTrial {
    private let runner: PlanRunner
    private var random: SplitMix64
    private var comparison: RunComparison

    /// What goes wrong with a plan; `nil` if nothing does.
    static func problem(with plan: FlowPlan, seed: UInt64) async -> String? {
        await problem(with: plan, seed: seed, commitBytes: nil)
    }

    /// Like ``problem(with:seed:)``, with commits of so many bytes: what one decision adds is stored in several then, and a crash
    /// comes between any two.
    static func problem(with plan: FlowPlan, seed: UInt64, commitBytes: Int?) async -> String? {
        do {
            var trial = CrashTrial(
                runner: try PlanRunner(plan, commitBytes: commitBytes), random: SplitMix64(seed: seed))
            return try await trial.run()
        } catch {
            return "\(error)"
        }
    }

    private init(runner: PlanRunner, random: SplitMix64) {
        self.runner = runner
        self.random = random
        comparison = RunComparison(runner.expectation)
    }

    private mutating func run() async throws -> String? {
        let disk = InMemoryFileSystem()
        let kept = Atomically(KeptImage(random: SplitMix64(seed: random.next())))
        let record = try await runner.run(on: try await Self.openLog(disk)) { _ in kept.change { $0.offer(disk) } }
        if let problem = comparison.problem(with: record, from: nil) { return "uncrashed: \(problem)" }
        comparison = RunComparison(runner.expectation, uncrashed: record)
        for count in 0...record.appends.count {
            if let problem = try await crash(after: count, of: record, again: count % 8 == 1) { return problem }
        }
        // One crash, of every second flow, is of the whole disk: that takes longer than those in memory.
        guard Bool.random(using: &random) else { return nil }
        let log = try await Self.openLog(kept.value.image)
        let left = try await log.state(of: runner.id)
        let again = try await runner.run(on: log, from: left)
        return comparison.problem(with: again, from: left).map {
            "crashed on disk at revision \(left?.revision ?? 0): \($0)"
        }
    }

    /// A log in short segments: long ones would take more time than all else.
    private static func openLog(_ disk: InMemoryFileSystem) async throws -> LogBackend {
        var options = LogOptions()
        options.firstSegmentBytes = 4 * 1024
        options.segmentBytes = 4 * 1024
        options.idleDelay = .seconds(3600)
        // So small that opening again mostly begins with a snapshot.
        options.snapshotBytes = 1500
        return try await LogBackend.open(directory: "jobs", options: options, fileSystem: disk)
    }

    /// Crashes after so many appends, and perhaps once more on the way from there to the end.
    private mutating func crash(after count: Int, of record: PlanRunner.Record, again: Bool) async throws -> String? {
        let prefix = record.appends.prefix(count).flatMap { $0 }
        let resumed = try await resume(prefix)
        let place = "crashed after append \(count) of \(record.appends.count)"
        if let problem = comparison.problem(with: resumed, from: InstanceState(folding: prefix)) {
            return "\(place): \(problem)"
        }
        guard again, !resumed.appends.isEmpty else { return nil }
        let more = Int.random(in: 0..<resumed.appends.count, using: &random)
        let longer = prefix + resumed.appends.prefix(more).flatMap { $0 }
        let second = try await resume(longer)
        return comparison.problem(with: second, from: InstanceState(folding: longer)).map {
            "\(place), and \(more) appends later: \($0)"
        }
    }

    private mutating func resume(_ prefix: [Event]) async throws -> PlanRunner.Record {
        let backend = InMemoryBackend()
        try await backend.append(prefix, lease: nil)
        let pause = Duration.seconds(Bool.random(using: &random) ? 0 : 3600)
        return try await runner.run(on: backend, from: InstanceState(folding: prefix), after: pause)
    }
}

/// One of the images of a disk, each as likely as the others, however many there are.
private struct KeptImage {
    var random: SplitMix64
    var image = InMemoryFileSystem()
    private var count = 0

    init(random: SplitMix64) { self.random = random }

    mutating func offer(_ disk: InMemoryFileSystem) {
        count += 1
        if Int.random(in: 0..<count, using: &random) == 0 { image = disk.crash(keeping: .nothing) }
    }
}
