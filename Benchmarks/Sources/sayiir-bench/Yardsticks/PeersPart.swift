import Foundation

/// The linear workload of four steps by peers from PyPI, beside ours, each in a process of its own: `Peers/compare.py` runs them.
struct PeersPart {
    let context: RunContext
    /// The script that installs the peers where they are missing, and runs them.
    let script: String

    /// Runs the script, and takes its results.
    func run() async throws {
        let results = "\(context.scratch)/peers.json"
        let seconds = max(0.5, context.round * 2.7 / .seconds(1))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            script, "--no-build", "--quiet", "--json", results, "--seconds", "\(seconds)",
            "--rounds", "\(context.byMode(quick: 1, full: 3))", "--scratch", context.scratch,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let data = FileManager.default.contents(atPath: results) else {
            return await context.leaveOut("peers", "\(script) ended with status \(process.terminationStatus)")
        }
        let report = try JSONDecoder().decode(Results.self, from: data)
        for row in report.rows { await context.report(row) }
        for left in report.leftOut { await context.leaveOut(left.part, left.reason) }
    }

    private struct Results: Codable {
        var rows: [Row]
        var leftOut: [LeftOut]
    }
}

extension PeersPart {
    /// What is held against the seed once all parts have run: our durable steps at 1,024 flows beside the most that it does in memory.
    static func againstSeed(_ rows: [Row]) -> [Row] {
        let ours = rows.first { row in
            row.part == "engine" && row.name == "linear" && row.parameters == ["flows": 1024, "steps": 100]
                && row.variant == "on the log, \(LinearFlows.Runner.byHand.rawValue)"
        }
        guard let ours else { return [] }
        // The seed keeps an instance's state in memory if it is given that backend; without one it keeps nothing, so that nothing
        // could be resumed, asked or cancelled.
        return [("in memory", true), ("without a backend", false)].compactMap { ending, isBar in
            let seeds = rows.filter { row in
                row.part == "peers" && row.variant?.hasPrefix("sayiir ") == true
                    && row.variant?.hasSuffix(ending) == true
            }
            return seeds.max { $0.value < $1.value }.map { row(ours, beside: $0, isBar: isBar) }
        }
    }

    private static func row(_ ours: Row, beside seed: Row, isBar: Bool) -> Row {
        let ratio = seed.value > 0 ? ours.value / seed.value : 0
        let name = "\(seed.variant ?? seed.name), \(Row.words("flows", seed.parameters["flows"] ?? 0))"
        return Row(
            part: "peers", name: "durable steps beside the seed's", variant: ours.variant, parameters: ours.parameters,
            value: ours.value, unit: "steps/s",
            floor: FloorRatio(name: name, value: seed.value, unit: "steps/s", perRound: [ratio]),
            bars: isBar ? [FiguresToHold.againstSeed(ratio: ratio)] : [], durability: .synced,
            note: "the value is that of this run's part 'engine'; beside it the most of the seed's rows of its kind"
                + (isBar ? "" : ": one that keeps no state of an instance"))
    }
}
