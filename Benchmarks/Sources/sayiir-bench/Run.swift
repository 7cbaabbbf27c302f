import ArgumentParser
import Foundation

/// Makes a run: a list of parts, one after the other.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure, show a table, and write the results as JSON and as a page.")

    @Option(help: "How much: 'quick' takes two minutes, 'full' half an hour.")
    var mode = RunContext.Mode.quick

    @Option(help: "Only these parts (repeatable).")
    var only: [Part] = []

    @Option(help: "Where to write; a temporary directory in here is used and removed.")
    var directory = ".build"

    @Option(help: "Seconds of a round of a measurement; by default 0.25 if quick, 0.75 if full.")
    var seconds: Double?

    @Option(help: "Rounds in turns with the floor, of which ratios are medians; by default 3 if quick, 5 if full.")
    var rounds: Int?

    @Option(help: "About the bytes of an append to the log, and of a write to the bare disk beside it.")
    var bytes = 256

    @Option(
        help: "Events in the logs of the parts 'storage' and 'catalogue' (repeatable); others by default in each mode.")
    var events: [Int] = []

    @Option(help: "The log of 'storage' and 'catalogue'; made if it is not there, and kept. Takes one --events.")
    var keptLog: String?

    @Option(help: "Parked instances in the logs of the part 'giants' (repeatable); others by default in each mode.")
    var parked: [Int] = []

    @Option(help: "How many instances wake at once in the part 'giants'.")
    var storm = 100_000

    @Option(help: "The server that the part 'postgres' measures, as a URL; without it one is started.")
    var postgres: String?

    @Option(help: "Where the JSON goes; by default a file in 'results'.")
    var json: String?

    @Option(help: "Where the page goes; by default beside the JSON.")
    var page: String?

    @Option(help: ArgumentHelp("The repository's commit, for the results.", visibility: .hidden))
    var commit = "unknown"

    @Option(help: ArgumentHelp("Swift's version, for the results.", visibility: .hidden))
    var swift = "unknown"

    @Option(help: ArgumentHelp("The script that runs the peers.", visibility: .hidden))
    var peersScript = "../scripts/bench-peers"

    func validate() throws {
        if keptLog != nil, events.count != 1 { throw ValidationError("--kept-log takes one --events") }
        if events.contains(where: { $0 < 1 }) || bytes < 1 || (rounds ?? 1) < 1 || (seconds ?? 1) <= 0 {
            throw ValidationError("numbers must be positive")
        }
    }

    func run() async throws {
        let scratch = try Scratch(in: directory)
        defer { scratch.remove() }
        let header = header(scratch.path)
        let recorder = Recorder()
        await recorder.show(
            header.facts.map { "\($0.name.padding(toLength: 14, withPad: " ", startingAt: 0))\($0.value)" })
        let context = RunContext(
            scratch: scratch.path, mode: mode, round: .seconds(seconds ?? (mode == .quick ? 0.25 : 0.75)),
            rounds: rounds ?? (mode == .quick ? 3 : 5), recorder: recorder)
        var hasFailed = false
        for part in only.isEmpty ? Part.all(in: mode) : only {
            do {
                try await run(part, in: context)
            } catch {
                // What the other parts measure is worth as much without this one.
                hasFailed = true
                await context.leaveOut(part.rawValue, "failed, so that rows are missing: \(error)")
            }
        }
        for row in PeersPart.againstSeed(await recorder.rows) { await recorder.add(row) }
        let report = RunReport(header: header, rows: await recorder.rows, leftOut: await recorder.leftOut)
        await recorder.show(TextTable.summary(of: report))
        try await write(report, recorder)
        if hasFailed { throw ExitCode.failure }
    }

    private func run(_ part: Part, in context: RunContext) async throws {
        switch part {
        case .floors:
            try await DiskFloorsPart(context: context).run()
            try await ProcessorFloorsPart(context: context).run()
            try await ConcurrencyFloorsPart(context: context).run()
        case .log: try await LogPart(context: context, bytes: bytes).run()
        case .sqlite: try await SQLitePart(context: context, bytes: bytes).run()
        case .engine: try await LinearPart(context: context).run()
        case .fanOut: try await FanOutPart(context: context).run()
        case .signals: try await SignalPart(context: context).run()
        case .history: try await HistoryPart(context: context).run()
        case .scaling: try await ScalingPart(context: context).run()
        case .storage:
            let sizes = context.byMode(quick: [200_000, 1_000_000], full: [100_000, 1_000_000, 10_000_000])
            try await StoragePart(context: context, events: events.isEmpty ? sizes : events, keptLog: keptLog).run()
        case .giants:
            let counts = context.byMode(quick: [100_000], full: [10_000, 100_000, 1_000_000])
            try await GiantsPart(context: context, counts: parked.isEmpty ? counts : parked, stormCount: storm).run()
        case .catalogue:
            let sizes = context.byMode(quick: [200_000], full: [2_000_000])
            try await CataloguePart(context: context, events: events.isEmpty ? sizes : events, keptLog: keptLog).run()
        case .postgres: try await PostgresPart(context: context, url: postgres).run()
        case .peers: try await PeersPart(context: context, script: peersScript).run()
        }
    }

    private func header(_ scratch: String) -> RunHeader {
        let fileSystem = Machine.fileSystem(of: scratch)
        return RunHeader(
            date: Date.now.formatted(.iso8601), commit: commit, mode: mode.rawValue, options: options,
            processor: Machine.processor, cores: Machine.coreCount, memoryBytes: Machine.memoryBytes,
            kernel: Machine.kernel, fileSystem: fileSystem.type, device: fileSystem.device,
            durability: "synced: on stable storage (fdatasync) when it counts, unless a row says otherwise",
            swift: swift)
    }

    /// What was asked for beside the mode.
    private var options: [String] {
        var options = only.map { "--only \($0.rawValue)" } + events.map { "--events \($0)" }
        if let seconds { options.append("--seconds \(seconds)") }
        if let rounds { options.append("--rounds \(rounds)") }
        if bytes != 256 { options.append("--bytes \(bytes)") }
        return options
    }

    private func write(_ report: RunReport, _ recorder: Recorder) async throws {
        let stamp = report.header.date.filter { $0 != ":" }
        let json = json ?? "results/\(stamp)-\(report.header.mode)-\(report.header.commit).json"
        let page = page ?? (json.hasSuffix(".json") ? String(json.dropLast(5)) : json) + ".html"
        for path in [json, page] {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        try report.json().write(to: URL(fileURLWithPath: json))
        try Data(ResultsPage.html(of: [report]).utf8).write(to: URL(fileURLWithPath: page))
        await recorder.show(["", "results  \(json)", "page     \(page)"])
    }
}

/// The parts of a run, in the order in which they are measured.
enum Part: String, CaseIterable, ExpressibleByArgument {
    case floors, log, sqlite, engine
    case fanOut = "fan-out"
    case signals, history, scaling, storage, giants, catalogue, postgres, peers

    /// What a run measures if nothing else is asked for.
    static func all(in mode: RunContext.Mode) -> [Part] {
        mode == .full ? allCases : allCases.filter { ![.catalogue, .postgres, .peers].contains($0) }
    }
}

extension RunContext.Mode: ExpressibleByArgument {}
