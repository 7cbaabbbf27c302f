import Sayiir
import SayiirEvents
import SayiirLog
import SayiirTesting

@testable import SayiirInspection

/// A log that an engine wrote: an instance of a flow with a node of each kind, and one that failed half-way.
enum DefinitionSample {
    private static func flow() throws -> Workflow<Int, Int> {
        let task = DurableTask(#"say "hi" [<b>]"#, timeout: .seconds(30), retries: 2) { (value: Int) in value }
        let plus = { (name: String) in DurableTask(name) { (value: Int) in value + 1 } }
        let halve = DurableTask("halve") { (value: Int) in value / 2 }
        let shrink = DurableTask("shrink") { (value: Int) -> LoopResult<Int> in
            value > 1 ? .again(value - 1) : .done(value)
        }
        let child = try Flow("packing", input: Int.self).then(plus("wrap")).build()
        let joined = Flow("everything", input: Int.self).then(task)
            .fork(Branch("left") { $0.then(plus("a")).then(plus("b")) }, Branch("right") { $0.then(plus("c")) })
            .join("sum") { (left: Int, right: Int) -> Int in
                if left + right > 100 { throw Broken() }
                return left + right
            }
        let routed = joined.route(keys: ["odd", "even"]) { (value: Int) in value % 2 == 0 ? "even" : "odd" }
            .branch("odd", plus("add_one")).branch("even", halve).done()
            .then("unpack") { (envelope: BranchEnvelope<Int>) -> Int in envelope.result }
        return try routed.loop(shrink, as: "until_small")
            .then("list") { (value: Int) -> [Int] in Array(0...value) }
            .map("each") { $0.then("square") { (value: Int) -> Int in value * value } }
            .then("total") { (values: [Int]) -> Int in values.reduce(0, +) }
            .thenFlow(child).delay("rest", .seconds(3600)).build()
    }

    private struct Broken: Error {}

    /// The log in memory, in `log`.
    static func disk() async throws -> InMemoryFileSystem {
        let disk = InMemoryFileSystem()
        try await write(to: "log", on: disk)
        return disk
    }

    /// Has an engine write the log.
    static func write(to directory: String, on fileSystem: any FileSystem) async throws {
        var options = LogOptions()
        (options.firstSegmentBytes, options.segmentBytes, options.idleDelay) = (64 * 1024, 64 * 1024, .seconds(3600))
        let backend = try await LogBackend.open(directory: directory, options: options, fileSystem: fileSystem)
        var engineOptions = EngineOptions()
        engineOptions.clock = VirtualClock()
        let engine = Engine(backend: backend, options: engineOptions)
        let flow = try flow()
        _ = try await engine.run(flow, id: "waits", input: 3)
        _ = try await engine.run(flow, id: "fails", input: 80)
        try await backend.close()
    }
}
