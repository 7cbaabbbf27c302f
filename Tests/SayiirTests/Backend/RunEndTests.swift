import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@testable import Sayiir

@Suite("Who waits for the end of a run")
struct RunEndTests {
    private static let submitted = event(
        1,
        .submitted(
            .init(
                workflow: "w", definition: DefinitionHash(bytes: [UInt8](repeating: 1, count: 32)),
                input: Payload(codec: "json", bytes: Array("1".utf8)), priority: 3)))
    private static let started = event(2, .taskStarted(.init(step: Step("step"), attempt: 1, executor: "e")))
    private static let completed = event(3, .completed(.init(result: nil)))
    private static let whole = [submitted, started, completed]

    private static func event(_ revision: UInt64, _ body: Event.Body) -> Event {
        Event(
            instance: "a", revision: revision, time: Timestamp(nanosecondsSinceEpoch: Int64(revision)), body: body)
    }

    /// A ledger in which somebody has submitted an instance, and waits for its end.
    private func waiting() async throws -> (ledger: InstanceLedger<ListStorage>, end: Task<InstanceState?, any Error>) {
        let ledger = InstanceLedger(storage: ListStorage())
        try await ledger.append([Self.submitted], lease: nil)
        let end = Task { try await ledger.stateAtEnd(of: "a", orWhen: { _ in false }) }
        while ledger.contents.withLock({ $0.entries["a"]?.watchers.isEmpty ?? true }) { await Task.yield() }
        return (ledger, end)
    }

    private func rest(after events: [Event]) -> InstanceRest {
        var rest = InstanceRest(revision: events.last?.revision ?? 0, due: nil)
        rest.left = InstanceState(folding: events).map { LeftInstance(state: $0) }
        return rest
    }

    @Test("is given the state of who ran it, without a look at storage")
    func handedOver() async throws {
        let (ledger, end) = try await waiting()
        let lease = try ledger.acquireLease(on: "a", by: "e", takingOver: false)
        try await ledger.append([Self.started], lease: lease)
        try await ledger.append([Self.completed], lease: lease)
        ledger.release(lease, leaving: rest(after: Self.whole))
        #expect(try await end.value == InstanceState(folding: Self.whole))
        #expect(ledger.storage.reads == 0)
    }

    @Test("looks at storage if who ran it says nothing")
    func silentRelease() async throws {
        let (ledger, end) = try await waiting()
        let lease = try ledger.acquireLease(on: "a", by: "e", takingOver: false)
        try await ledger.append([Self.started, Self.completed], lease: lease)
        ledger.release(lease, leaving: nil)
        #expect(try await end.value == InstanceState(folding: Self.whole))
        #expect(ledger.storage.reads > 0)
    }

    @Test("is not woken by steps, nor by who lets go before the end")
    func steps() async throws {
        let (ledger, end) = try await waiting()
        let first = try ledger.acquireLease(on: "a", by: "e", takingOver: false)
        try await ledger.append([Self.started], lease: first)
        #expect(ledger.contents.withLock { $0.entries["a"]?.watchers.count } == 1)
        ledger.release(first, leaving: rest(after: [Self.submitted, Self.started]))
        #expect(ledger.contents.withLock { $0.entries["a"]?.watchers.count } == 1)
        let second = try ledger.acquireLease(on: "a", by: "e", takingOver: false)
        try await ledger.append([Self.completed], lease: second)
        ledger.release(second, leaving: rest(after: Self.whole))
        #expect(try await end.value == InstanceState(folding: Self.whole))
    }

    @Test("is told by whoever has taken it over, if that one finds it ended")
    func takenOver() async throws {
        let (ledger, end) = try await waiting()
        let first = try ledger.acquireLease(on: "a", by: "e", takingOver: false)
        try await ledger.append([Self.started, Self.completed], lease: first)
        let second = try ledger.acquireLease(on: "a", by: "f", takingOver: true)
        ledger.release(first, leaving: rest(after: Self.whole))
        #expect(ledger.contents.withLock { $0.entries["a"]?.watchers.count } == 1)
        ledger.release(second, leaving: nil)
        #expect(try await end.value == InstanceState(folding: Self.whole))
    }

    @Test("is woken by an end that needed no lease")
    func endWithoutLease() async throws {
        let (ledger, end) = try await waiting()
        try await ledger.append([Self.started, Self.completed], lease: nil)
        #expect(try await end.value == InstanceState(folding: Self.whole))
    }

    @Test("waits for the run that has taken the place of the first")
    func superseded() async throws {
        let (ledger, end) = try await waiting()
        let again = [Self.event(2, .superseded(.init())), Self.event(3, Self.submitted.body)]
        try await ledger.append(again, lease: nil)
        try await ledger.append([Self.event(4, .completed(.init(result: nil)))], lease: nil)
        let whole = [Self.submitted] + again + [Self.event(4, .completed(.init(result: nil)))]
        #expect(try await end.value == InstanceState(folding: whole))
    }

    @Test("is woken by who lets go without having seen the end", .timeLimit(.minutes(1)))
    func staleRelease() async throws {
        let (ledger, end) = try await waiting()
        let lease = try ledger.acquireLease(on: "a", by: "e", takingOver: false)
        try await ledger.append([Self.started], lease: lease)
        try await ledger.append([Self.completed], lease: nil)
        ledger.release(lease, leaving: rest(after: [Self.submitted, Self.started]))
        #expect(try await end.value == InstanceState(folding: Self.whole))
    }

    @Test("gets the state that it has by then when it is cancelled")
    func cancelled() async throws {
        let (_, end) = try await waiting()
        end.cancel()
        #expect(try await end.value == InstanceState(folding: [Self.submitted]))
    }

    @Test("does not wait for what has ended without a word", .timeLimit(.minutes(1)))
    func endedSilently() async throws {
        let backend = InMemoryBackend()
        try await backend.append([Self.submitted], lease: nil)
        let lease = try await backend.acquireLease(on: "a", by: "e", takingOver: false)
        try await backend.append([Self.started, Self.completed], lease: lease)
        await backend.release(lease, leaving: nil)
        #expect(try await backend.stateAtEnd(of: "a") == InstanceState(folding: Self.whole))
    }

    @Test("does not wait for what has ended, or is not there")
    func nothingToWaitFor() async throws {
        let ledger = InstanceLedger(storage: ListStorage())
        #expect(try await ledger.stateAtEnd(of: "a", orWhen: { _ in false }) == nil)
        try await ledger.append(Self.whole, lease: nil)
        #expect(try await ledger.stateAtEnd(of: "a", orWhen: { _ in false }) == InstanceState(folding: Self.whole))
    }
}

/// Events in a list, and how often it was read.
private final class ListStorage: EventStorage {
    static let keepsEndedStates = false

    private let contents = Monitor((events: [Event](), reads: 0))

    var reads: Int { contents.withLock { $0.reads } }
    var position: LogPosition? { nil }

    nonisolated(nonsending) func append(_ events: [Event]) async throws(BackendError) -> UInt64 {
        contents.withLock { contents in
            contents.events += events
            return UInt64(contents.events.count - events.count + 1)
        }
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        contents.withLock { contents in
            contents.reads += 1
            return contents.events.enumerated().map { RecordedEvent(sequence: UInt64($0 + 1), event: $1) }
                .filter { $0.sequence > sequence && $0.event.instance == instance }
        }
    }

    func mayHold(_ instance: InstanceID) -> Bool { contents.withLock { !$0.events.isEmpty } }
}
