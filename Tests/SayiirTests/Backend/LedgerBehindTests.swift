import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@testable import Sayiir

/// Who runs an instance has its state; the backend does not follow, and has to know all the same.
@Suite("A backend that is asked about an instance while somebody runs it")
struct LedgerBehindTests {
    private static let bodies: [Event.Body] = {
        let input = Payload(codec: "json", bytes: Array("1".utf8))
        let definition = DefinitionHash(bytes: [UInt8](repeating: 1, count: 32))
        var bodies: [Event.Body] = [.submitted(.init(workflow: "w", definition: definition, input: input, priority: 3))]
        for number in 0..<40 {
            let step = Step(NodeID("step_\(number)"))
            bodies.append(.taskStarted(.init(step: step, attempt: 1, executor: "e")))
            bodies.append(.taskCheckpointed(.init(step: step, attempt: 1, output: input)))
        }
        return bodies
    }()

    private static func events(of id: InstanceID) -> [Event] {
        bodies.enumerated().map { index, body in
            Event(
                instance: id, revision: UInt64(index + 1), time: Timestamp(nanosecondsSinceEpoch: Int64(index)),
                body: body)
        }
    }

    private func open(_ disk: InMemoryFileSystem) async throws -> LogBackend {
        var options = LogOptions()
        options.idleDelay = .seconds(3600)
        options.firstSegmentBytes = 64 * 1024
        return try await LogBackend.open(directory: "jobs", options: options, fileSystem: disk)
    }

    /// Appends events under the lease, as many at a time as `stride` says, and asks after each for the state.
    private func run(_ id: InstanceID, on backend: any Backend, asking every: Int) async throws -> Lease {
        let lease = try await backend.acquireLease(on: id, by: "e", takingOver: false)
        let events = Self.events(of: id)
        for (place, event) in events.enumerated() {
            try await backend.append([event], lease: lease)
            guard place % every == 0 else { continue }
            let state = try await backend.state(of: id)
            #expect(state == InstanceState(folding: events.prefix(place + 1)))
        }
        return lease
    }

    @Test("has all that is durable in the state, whether it is asked often or seldom", arguments: [1, 7, 1000])
    func states(every: Int) async throws {
        let log = try await open(InMemoryFileSystem())
        for backend in [log, InMemoryBackend()] as [any Backend] {
            let lease = try await run("a", on: backend, asking: every)
            let whole = InstanceState(folding: Self.events(of: "a"))
            #expect(try await backend.liveInstances().map(\.id) == ["a"])
            await backend.release(lease, leaving: nil)
            #expect(try await backend.state(of: "a") == whole)
            // Somebody else goes on from there.
            let next = Event(
                instance: "a", revision: UInt64(Self.bodies.count + 1), time: Timestamp(nanosecondsSinceEpoch: 99),
                body: .pauseRequested(.init()))
            try await backend.append([next], lease: nil)
            #expect(try await backend.state(of: "a") == InstanceState(folding: Self.events(of: "a") + [next]))
        }
        try await log.close()
    }

    @Test("reads the log for the first question alone")
    func keepsUp() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        let events = Self.events(of: "a")
        let lease = try await backend.acquireLease(on: "a", by: "e", takingOver: false)
        var reads: [Int] = []
        for (place, event) in events.enumerated() {
            try await backend.append([event], lease: lease)
            if place < 10 { continue }
            let before = disk.counts()[.read]
            let state = try await backend.state(of: "a")
            #expect(state == InstanceState(folding: events.prefix(place + 1)))
            reads.append(disk.counts()[.read] - before)
        }
        #expect(reads[0] > 0)
        #expect(reads.dropFirst().allSatisfy { $0 == 0 })
        try await backend.close()
    }

    @Test("takes over the state of who lets go, unless that is not the last one")
    func takingOver() async throws {
        let backend = try await open(InMemoryFileSystem())
        let events = Self.events(of: "a")
        let lease = try await run("a", on: backend, asking: 1000)
        var rest = InstanceRest(revision: UInt64(events.count), due: nil)
        rest.left = InstanceState(folding: events.dropLast()).map { LeftInstance(state: $0) }
        await backend.release(lease, leaving: rest)
        #expect(try await backend.state(of: "a") == InstanceState(folding: events))
        let other = try await run("b", on: backend, asking: 1000)
        rest.left = InstanceState(folding: Self.events(of: "b")).map { LeftInstance(state: $0) }
        await backend.release(other, leaving: rest)
        #expect(try await backend.state(of: "b") == InstanceState(folding: Self.events(of: "b")))
        try await backend.close()
    }

    @Test("takes a snapshot that has it whole")
    func snapshots() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        _ = try await run("a", on: backend, asking: 9)
        _ = try await run("b", on: backend, asking: 1000)
        let parked = try await run("c", on: backend, asking: 1000)
        await backend.release(parked, leaving: nil)
        try await backend.takeSnapshot()
        try await backend.close()
        let again = try await open(disk)
        #expect(again.recovery.snapshotSequence == UInt64(3 * Self.bodies.count))
        #expect(try await again.liveInstances().map(\.id).sorted { $0.rawValue < $1.rawValue } == ["a", "b", "c"])
        for id in ["a", "b", "c"] as [InstanceID] {
            #expect(try await again.state(of: id) == InstanceState(folding: Self.events(of: id)))
        }
        try await again.close()
    }

    @Test("takes a snapshot that has an instance whose run had ended and was begun anew just now")
    func snapshotOfNewRun() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        let bodies = [Self.bodies[0], .completed(.init(result: nil)), .superseded(.init()), Self.bodies[0]]
        let events = bodies.enumerated().map { index, body in
            Event(
                instance: "a", revision: UInt64(index + 1), time: Timestamp(nanosecondsSinceEpoch: Int64(index)),
                body: body)
        }
        try await backend.append(Array(events[..<2]), lease: nil)
        #expect(try await backend.liveInstances().isEmpty)
        _ = try await backend.acquireLease(on: "a", by: "e", takingOver: false)
        let lease = try await backend.acquireLease(on: "a", by: "e", takingOver: true)
        try await backend.append(Array(events[2...]), lease: lease)
        #expect(try await backend.liveInstances().map(\.id) == ["a"])
        try await backend.takeSnapshot()
        try await backend.close()
        let again = try await open(disk)
        #expect(again.recovery.snapshotSequence == 4)
        #expect(try await again.liveInstances().map(\.id) == ["a"])
        #expect(try await again.state(of: "a") == InstanceState(folding: events))
        try await again.close()
    }

    @Test("keeps the entry of an instance for an append that is about to wait for its turn")
    func arrivingAppend() async throws {
        var entry = LedgerEntry(isKnown: true)
        let (first, second) = (entry.takeTurn(), entry.takeTurn())
        #expect(first && !second)
        // The first ends before the second waits: another entry would let a third in beside it.
        #expect(entry.passTurn() == nil)
        #expect(!entry.isBlank)
        await withCheckedContinuation { continuation in
            let waits = entry.waitForTurn(continuation)
            #expect(!waits)
            if !waits { continuation.resume() }
        }
        let third = entry.takeTurn()
        #expect(!third)
    }
}
