import Sayiir
import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

/// A log that an engine wrote, with every construct, and instances in every status but those that nothing brings about by itself.
/// It is the same each time, to the byte: the clock moves only when a task says so, and branches finish in their order.
struct TourLog {
    let disk = InMemoryFileSystem()
    private let world = TourWorld()
    private let engine: Engine

    private static let standard = Task { try await TourLog().written() }

    /// The log in memory, in `log`; made once and copied.
    static func disk() async throws -> InMemoryFileSystem { try await standard.value.snapshot() }

    /// All of its instances, in the order in which they were begun.
    static let instances = [
        "order-1", "order-2", "order-3", "ticket-1", "ticket-2", "approval-1", "approval-2", "approval-3", "approval-4",
        "approval-5", "payout-1", "payout-2", "import-1", "import-2", "import-3", "approval-6",
    ]

    /// An engine that has written nothing yet.
    private init() async throws {
        var options = LogOptions()
        (options.firstSegmentBytes, options.segmentBytes, options.idleDelay) = (64 * 1024, 64 * 1024, .seconds(3600))
        options.holder = "tour"
        options.now = { [world] in world.clock.now.nanosecondsSinceEpoch }
        options.makeLogID = {
            var generator = SplitMix64(seed: 11)
            return LogID(using: &generator)
        }
        let backend = try await LogBackend.open(directory: "log", options: options, fileSystem: disk)
        var engineOptions = EngineOptions()
        engineOptions.clock = world.clock
        engineOptions.executor = "worker-1"
        engine = Engine(backend: backend, options: engineOptions)
        world.client = engine.client
    }

    /// Has the engine write all of it.
    private func written() async throws -> InMemoryFileSystem {
        try await writeOrders()
        try await writeTickets()
        try await writeApprovals()
        try await writePayouts()
        try await writeImports()
        try await (engine.backend as? LogBackend)?.close()
        return disk
    }

    private func writeOrders() async throws {
        let flow = try TourFlows.order(in: world)
        let metadata = TourFlows.Order(number: 1, items: ["tea", "rice", "salt"])
        _ = try await engine.run(flow, id: "order-1", input: metadata)
        _ = try await engine.run(flow, id: "order-2", input: TourFlows.Order(number: 2, items: ["gold"]))
        world.clock.pass(.seconds(14 * 86_400))
        _ = try await engine.resume(flow, id: "order-1")
        _ = try await engine.run(flow, id: "order-3", input: TourFlows.Order(number: 3, items: ["tea"]))
    }

    private func writeTickets() async throws {
        let flow = try TourFlows.ticket(in: world)
        _ = try await engine.run(flow, id: "ticket-1", input: "my invoice is wrong")
        _ = try await engine.run(flow, id: "ticket-2", input: "greetings")
    }

    private func writeApprovals() async throws {
        let flow = try TourFlows.approval(in: world)
        for number in 1...5 {
            _ = try await engine.run(flow, id: InstanceID("approval-\(number)"), input: number * 100)
        }
        world.clock.pass(.seconds(90))
        try await engine.client.signal("decision", to: "approval-1", payload: true, by: "alice")
        _ = try await engine.resume(flow, id: "approval-1")
        try await engine.client.pause("approval-4", by: "bob", reason: "books are closed")
        _ = try await engine.resume(flow, id: "approval-4")
        try await engine.client.cancel("approval-5", by: "bob", reason: "asked for twice")
        _ = try await engine.resume(flow, id: "approval-5")
        world.clock.pass(.seconds(3600))
        _ = try await engine.resume(flow, id: "approval-2")
        // Begun anew, it waits with a time limit of its own.
        _ = try await engine.run(flow, id: "approval-3", input: 333, onConflict: .terminateExisting)
        try await engine.client.signal("decision", to: "approval-6", payload: false, by: "carol")
    }

    private func writePayouts() async throws {
        let flow = try TourFlows.payout(in: world)
        for id: InstanceID in ["payout-1", "payout-2"] {
            world.hangs = true
            try await interrupt { _ = try await engine.run(flow, id: id, input: 50) }
            world.hangs = false
            _ = try await engine.resume(flow, id: id)
        }
        try await engine.client.resolveDoubt(
            of: Step("transfer"), in: "payout-2",
            as: .completed(output: Payload(codec: "json", bytes: Array(#""T-77""#.utf8))),
            by: "dora", reason: "the bank has it")
        _ = try await engine.resume(flow, id: "payout-2")
    }

    private func writeImports() async throws {
        let flow = try TourFlows.importing(in: world)
        _ = try await engine.run(flow, id: "import-1", input: "https://example.org/slow")
        world.clock.isHeld = true
        try await interrupt { _ = try await engine.run(flow, id: "import-2", input: "https://example.org/down") }
        world.clock.isHeld = false
        world.hangs = true
        try await interrupt { _ = try await engine.run(flow, id: "import-3", input: "https://example.org/fine") }
    }

    /// Runs something until it sleeps, and gives it up there, as a process does that ends.
    private func interrupt(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let running = Task { try await body() }
        await world.clock.time.waitForSleepers()
        running.cancel()
        await #expect(throws: WorkflowError.self) { try await running.value }
    }
}
