import SayiirTesting

@testable import SayiirLog

/// One run of a log on a disk that crashes: what is written, what goes wrong and when, and what each crash keeps, all decided by
/// one seed.
///
/// A run has several generations. In each a log is written until the machine stops; of the disk as it then is several crashes
/// are tried, and what each leaves is opened and held to a model. One of them carries on.
package final class LogSimulation {
    private let seed: UInt64
    var generator: SplitMix64
    let setting: Setting
    var model: LogModel
    var disk: InMemoryFileSystem
    let system: SwitchableDisk
    var writer: SimulatedWriter?
    var watcher: Watcher
    package private(set) var counters = SimulationCounters()
    /// What may go wrong in this generation beside a crash.
    var trouble = Trouble.none
    /// Whether a call was made to fail, without which no step may.
    var mayFail: Bool { trouble == .failingCall || trouble == .fullDisk }
    private var generation = 0
    private let crashesPerHalt: Int

    /// What goes wrong before the crash.
    enum Trouble: String {
        case none, failingCall = "failing call", fullDisk = "full disk", shortTransfers = "short transfers"
    }

    /// What does not change in a run.
    struct Setting {
        var segmentBytes: Int
        var durability: Durability
        var archive: String?
        var log: LogID

        init(using generator: inout SplitMix64) {
            segmentBytes = Int.random(in: 2...6, using: &generator) * 4096
            durability = Int.random(in: 0..<3, using: &generator) == 0 ? .buffered : .synced
            archive = Bool.random(using: &generator) ? "store/old/segments" : nil
            log = LogID(using: &generator)
        }
    }

    /// Runs a seed to its end.
    ///
    /// - Throws: a ``SimulationFailure`` at the first thing that must not be.
    package static func run(seed: UInt64, crashesPerHalt: Int = 4) throws -> SimulationCounters {
        let simulation = LogSimulation(seed: seed, crashesPerHalt: crashesPerHalt)
        do {
            try simulation.run()
        } catch {
            throw SimulationFailure(
                description: """
                    seed \(seed), generation \(simulation.generation), after \(simulation.steps.suffix(12)): \(error)
                    To see it again: SAYIIR_SEED=\(seed) SAYIIR_CRASHES=1 scripts/test --filter LogSimulationTests
                    """)
        }
        return simulation.counters
    }

    /// A run on an empty disk, or on one that holds the log of a model.
    init(
        seed: UInt64, crashesPerHalt: Int, setting: Setting? = nil,
        beginningWith start: (disk: InMemoryFileSystem, model: LogModel)? = nil
    ) {
        self.seed = seed
        self.crashesPerHalt = crashesPerHalt
        generator = SplitMix64(seed: seed)
        let drawn = Setting(using: &generator)
        self.setting = setting ?? drawn
        model = start?.model ?? LogModel(log: self.setting.log)
        disk = start?.disk ?? InMemoryFileSystem()
        system = SwitchableDisk(disk)
        watcher = Watcher(system, archives: self.setting.archive.map { [$0] } ?? [])
    }

    /// The steps so far, for whoever looks for a mistake.
    private(set) var steps: [String] = []

    var archives: [String] { setting.archive.map { [$0] } ?? [] }

    var options: LogOptions {
        var options = LogOptions()
        options.segmentBytes = setting.segmentBytes
        options.firstSegmentBytes = setting.segmentBytes
        options.durability = setting.durability
        options.holder = "the simulation"
        options.retention.archive = setting.archive
        let now = 1_700_000_000_000_000_000 + Int64(generation)
        options.now = { now }
        let log = setting.log
        options.makeLogID = { log }
        return options
    }

    func count(_ name: String) { counters.count(name) }

    func withCounters(_ body: (inout SimulationCounters) throws -> Void) rethrows { try body(&counters) }

    private func run() throws {
        // Creating the log may be cut short like everything else.
        if Int.random(in: 0..<3, using: &generator) == 0 {
            disk.halt(atCall: Int.random(in: 1...16, using: &generator))
        }
        do {
            writer = try SimulatedWriter(on: disk, options: options)
        } catch {
            try expect(disk.isHalted, "the log cannot be created: \(error)")
        }
        if disk.isHalted { try crash(during: "creation") }
        for _ in 0..<Int.random(in: 2...5, using: &generator) {
            try live()
        }
    }

    /// Writes until the machine stops.
    private func live() throws {
        generation += 1
        chooseTrouble()
        var stepsLeft = Int.random(in: 1...24, using: &generator)
        while true {
            if stepsLeft == 0 { return try crash(during: "rest") }
            stepsLeft -= 1
            let step = chooseStep()
            steps.append(step.rawValue)
            if trouble == .fullDisk { moveCapacity() }
            try take(step)
            if disk.isHalted { return try crash(during: step.rawValue) }
            if writer == nil, try !reopen() { return try crash(during: "opening") }
        }
    }

    private func chooseTrouble() {
        disk.removeFaults()
        disk.capacity = .max
        trouble = .none
        let halts = Int.random(in: 0..<10, using: &generator) < 7
        if halts { disk.halt(atCall: Int.random(in: 1...100, using: &generator)) }
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<4:
            trouble = .failingCall
            let operations: [FileOperation] = [
                .write, .synchronize, .synchronize, .synchronizeDirectory, .rename, .remove, .open, .read, .list, .size,
                .resize,
            ]
            let operation = operations.randomElement(using: &generator) ?? .write
            disk.inject(Fault(operation, .nth(Int.random(in: 1...12, using: &generator)), .fail(5)))
        case 4..<6:
            trouble = .fullDisk
        case 6:
            trouble = .shortTransfers
            let most = Int.random(in: 300...3000, using: &generator)
            disk.inject(Fault(.read, .always, .transfer(atMost: most)))
            // A write that ends inside of a sector may leave half of it in a crash, which is rightly refused as ambiguous. Systems
            // end writes at the edges of pages.
            if !halts && setting.durability == .synced {
                disk.inject(Fault(.write, .always, .transfer(atMost: most)))
            }
        default:
            break
        }
        count("generations with \(trouble.rawValue)")
    }

    private func moveCapacity() {
        guard Int.random(in: 0..<3, using: &generator) == 0 else { return }
        if disk.capacity < .max {
            disk.capacity = .max
        } else {
            let used = disk.files.reduce(0) { $0 + ((try? disk.bytes(of: $1).count) ?? 0) }
            disk.capacity = used + Int.random(in: 0...setting.segmentBytes, using: &generator)
        }
    }

    /// Opens the log after its writer gave up or closed, on the same disk: the machine runs on. False if it stops meanwhile.
    func reopen() throws -> Bool {
        generation += 1
        for _ in 0..<4 {
            do {
                let writer = try SimulatedWriter(on: disk, options: options)
                try settle(writer)
                return true
            } catch let failure as SimulationFailure {
                throw failure
            } catch {
                if disk.isHalted { return false }
                try expect(mayFail, "the log does not open again: \(error)")
                if trouble == .fullDisk { disk.capacity = .max }
                count("openings that failed")
            }
        }
        throw SimulationFailure(description: "the log does not open again")
    }

    private func settle(_ writer: SimulatedWriter) throws {
        try model.settle(at: writer.report.assessment.lastSequence)
        try expect(writer.contents == model.contents, "what was found at reopening amounts to something else")
        let removed = try LogReader(directory: SimulatedWriter.directory, fileSystem: disk).removedSegments()
        try model.settleRemovals(removed)
        self.writer = writer
        count("openings without a crash")
    }

    /// Tries crashes of the disk as it is, checks each, and goes on with one.
    func crash(during step: String) throws {
        count("halts during \(step)")
        writer = nil
        let halted = disk
        // A reader may have seen what is now undecided.
        system.disk = halted.snapshot()
        if Bool.random(using: &generator) { try watcher.poll(model, &counters) }
        let chosen = Int.random(in: 0..<crashesPerHalt, using: &generator)
        var successor: (writer: SimulatedWriter, model: LogModel)?
        for number in 0..<crashesPerHalt {
            generation += 1
            let survivor = cutOpeningShort(keep(of: halted))
            survivor.capacity = .max
            disk = survivor
            var check = SurvivorCheck(
                of: survivor, model: model, options: options, archives: archives, seed: generator.next())
            let writer = try check.run()
            counters.add(check.counters)
            try expect(
                check.model.lastSequence >= watcher.durableSequence,
                "a follower had shown sequence \(watcher.durableSequence) as durable, which the crash took")
            if number == chosen { successor = (writer, check.model) }
        }
        guard let successor else { return }
        writer = successor.writer
        model = successor.model
        disk = successor.writer.disk
        system.disk = disk
        try watcher.poll(model, &counters)
        try expect(
            watcher.last?.sequence ?? model.removedThrough == model.lastSequence
                || (model.lastSequence == 0 && watcher.last == nil),
            "the follower ends with sequence \(watcher.last?.sequence ?? 0), the log with \(model.lastSequence)")
    }

    private func keep(of halted: InMemoryFileSystem) -> InMemoryFileSystem {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: halted.crash(keeping: .nothing)
        case 1: halted.crash(keeping: .everything)
        // The process is killed; the machine runs on, and nothing more is durable than was.
        case 2: halted.snapshot()
        default: halted.crash(using: &generator)
        }
    }

    /// Sometimes the machine stops once more, while the log is being opened.
    private func cutOpeningShort(_ survivor: InMemoryFileSystem) -> InMemoryFileSystem {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0..<2: break
        case 2:
            // A sync fails, and the log is opened once more on the same machine.
            survivor.inject(Fault(.synchronize, .nth(Int.random(in: 1...3, using: &generator)), .fail(5)))
            if (try? SimulatedWriter(on: survivor, options: options)) == nil { count("openings that failed") }
            survivor.removeFaults()
            generation += 1
            return survivor
        default: return survivor
        }
        survivor.halt(atCall: Int.random(in: 1...24, using: &generator))
        _ = try? SimulatedWriter(on: survivor, options: options)
        // Files in the quarantine are named by the time.
        generation += 1
        guard survivor.isHalted else {
            survivor.removeFaults()
            return survivor.crash(using: &generator)
        }
        count("crashes while opening")
        // Perhaps it was only the process that ended.
        return Int.random(in: 0..<3, using: &generator) == 0 ? survivor.snapshot() : survivor.crash(using: &generator)
    }
}
