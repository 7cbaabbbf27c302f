import LogSimulation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `log-torture COUNT SEED` crashes logs on simulated disks until COUNT states were checked: runs of successive seeds, beginning
/// with SEED, on all processors. Then it does to the files of logs what people and programs do, in a tenth as many cases. It ends with
/// status 1 at the first failure.
@main
struct Torture {
    /// Seeds that one task runs before it reports.
    private static let portion: UInt64 = 20

    private let clock = ContinuousClock()
    private let start = ContinuousClock().now
    private var counters = SimulationCounters()

    static func main() async {
        let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
        guard arguments.count == 2, let count = arguments[0], let seed = arguments[1] else {
            print("usage: log-torture COUNT SEED")
            exit(64)
        }
        var torture = Torture()
        do {
            try await torture.run(count, from: seed)
            try await torture.runFiles(count / 10, from: seed)
        } catch {
            print("failed: \(error)\nOr only with the release build: .build-torture/release/log-torture 1 SEED")
            exit(1)
        }
    }

    private var seconds: Double { (clock.now - start) / .seconds(1) }
    private var rate: Int { Int(Double(counters.crashes) / seconds) }

    private mutating func run(_ count: UInt64, from firstSeed: UInt64) async throws {
        var nextReport = 10.0
        var nextSeed = firstSeed
        try await withThrowingTaskGroup(of: SimulationCounters.self) { group in
            for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
                Self.add(&nextSeed, to: &group)
            }
            while let found = try await group.next() {
                counters.add(found)
                if UInt64(counters.crashes) < count { Self.add(&nextSeed, to: &group) }
                guard seconds >= nextReport else { continue }
                nextReport += 10
                print("\(counters.crashes) crashes, \(rate) a second")
                fflush(nil)
            }
        }
        print(counters.table)
        print(
            "passed: \(counters.crashes) crashes, seeds \(firstSeed) to \(nextSeed - 1), \(Int(seconds)) s, \(rate) a second"
        )
    }

    private func runFiles(_ count: UInt64, from firstSeed: UInt64) async throws {
        let start = clock.now
        var counters = SimulationCounters()
        var nextSeed = firstSeed
        try await withThrowingTaskGroup(of: SimulationCounters.self) { group in
            func add() {
                let seeds = nextSeed..<nextSeed + Self.portion
                nextSeed = seeds.upperBound
                group.addTask {
                    var counters = SimulationCounters()
                    for seed in seeds { counters.add(try FileSimulation.run(seed: seed)) }
                    return counters
                }
            }
            for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) { add() }
            while let found = try await group.next() {
                counters.add(found)
                if UInt64(counters["cases"]) < count { add() }
            }
        }
        print(counters.table)
        let seconds = Int((clock.now - start) / .seconds(1))
        let seeds = "seeds \(firstSeed) to \(nextSeed - 1)"
        print("passed: \(counters["cases"]) cases of changed files, \(seeds), \(seconds) s")
    }

    private static func add(
        _ nextSeed: inout UInt64, to group: inout ThrowingTaskGroup<SimulationCounters, any Error>
    ) {
        let seeds = nextSeed..<nextSeed + portion
        nextSeed = seeds.upperBound
        group.addTask {
            var counters = SimulationCounters()
            for seed in seeds { counters.add(try LogSimulation.run(seed: seed)) }
            return counters
        }
    }
}
