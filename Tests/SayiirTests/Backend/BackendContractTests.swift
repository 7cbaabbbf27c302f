import Sayiir
import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

/// The contract of `Backend`, on every backend.
@Suite struct BackendContractTests {
    enum Kind: CaseIterable, Sendable {
        case inMemory, log

        func open() async throws -> any Backend {
            switch self {
            case .inMemory: InMemoryBackend()
            case .log: try await openLog(InMemoryFileSystem())
            }
        }
    }

    @Test(
        "STO-03: events come back as they were appended, in order, with ascending sequences", arguments: Kind.allCases)
    func history(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 5)
        try await backend.append(Array(events[..<2]), lease: nil)
        try await backend.append(firstEvents("b", count: 3), lease: nil)
        try await backend.append(Array(events[2...]), lease: nil)
        let history = try await backend.history(of: "a")
        #expect(history.map(\.event) == events)
        #expect(history.map(\.sequence) == [1, 2, 6, 7, 8])
        #expect(try await backend.state(of: "a") == InstanceState(folding: events))
        #expect(try await Set(backend.instances().map(\.id)) == ["a", "b"])
    }

    @Test("STO-01: what does not exist has no state and no history", arguments: Kind.allCases)
    func unknown(_ kind: Kind) async throws {
        let backend = try await kind.open()
        #expect(try await backend.state(of: "nobody") == nil)
        #expect(try await backend.history(of: "nobody").isEmpty)
    }

    @Test("an append that does not continue the instance is a conflict and changes nothing", arguments: Kind.allCases)
    func conflict(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 4)
        try await backend.append(Array(events[..<2]), lease: nil)
        for wrong in [Array(events[..<2]), Array(events[3...])] {
            let error = await #expect(throws: BackendError.self) { try await backend.append(wrong, lease: nil) }
            #expect(error?.description.contains("'a' was changed meanwhile: revision 3 comes next") == true)
        }
        #expect(try await backend.history(of: "a").count == 2)
    }

    @Test("of many appends that continue the same revision exactly one wins", arguments: Kind.allCases)
    func race(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let first = firstEvents("a", count: 1)
        try await backend.append(first, lease: nil)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let event = Event(
                        instance: "a", revision: 2, time: Timestamp(nanosecondsSinceEpoch: 1), reason: "\(number)",
                        body: .cancelRequested(.init()))
                    do {
                        try await backend.append([event], lease: nil)
                        return true
                    } catch BackendError.conflict { return false } catch { return true }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        #expect(try await backend.history(of: "a").count == 2)
    }

    @Test("a lease keeps others out until it is released; the next one has a higher epoch", arguments: Kind.allCases)
    func leases(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let lease = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        let error = await #expect(throws: BackendError.self) {
            try await backend.acquireLease(on: "a", by: "two", takingOver: false)
        }
        #expect(error?.description.contains("'a' is being run by 'one'") == true)
        _ = try await backend.acquireLease(on: "b", by: "two", takingOver: false)
        await backend.release(lease)
        let next = try await backend.acquireLease(on: "a", by: "two", takingOver: false)
        #expect(next.epoch > lease.epoch)
        // Giving back a lease of the past does not free the present one.
        await backend.release(lease)
        await #expect(throws: BackendError.self) {
            try await backend.acquireLease(on: "a", by: "three", takingOver: false)
        }
    }

    @Test("an append with a lease that has ended is fenced off and changes nothing", arguments: Kind.allCases)
    func fencing(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 3)
        let old = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        try await backend.append([events[0]], lease: old)
        await backend.release(old)
        await #expect(throws: BackendError.self) { try await backend.append([events[1]], lease: old) }
        let new = try await backend.acquireLease(on: "a", by: "two", takingOver: false)
        await #expect(throws: BackendError.self) { try await backend.append([events[1]], lease: old) }
        try await backend.append([events[1]], lease: new)
        // Whoever does not run the instance, a client, appends without a lease.
        try await backend.append([events[2]], lease: nil)
        #expect(try await backend.history(of: "a").map(\.event) == events)
    }

    @Test("a lease can be taken over, and fences its former holder off for good", arguments: Kind.allCases)
    func takeOver(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 3)
        let old = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        try await backend.append([events[0]], lease: old)
        let new = try await backend.acquireLease(on: "a", by: "two", takingOver: true)
        #expect(new.epoch > old.epoch)
        let error = await #expect(throws: BackendError.self) { try await backend.append([events[1]], lease: old) }
        guard case .fenced("a", old.epoch) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Nor does giving back what it lost free what the other has.
        await backend.release(old)
        try await backend.append([events[1]], lease: new)
        await backend.release(new)
        await #expect(throws: BackendError.self) { try await backend.append([events[2]], lease: new) }
    }

    @Test("who waits for a change is woken by it, or at once if it has come already", arguments: Kind.allCases)
    func waiting(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 3)
        let woken = Task { await backend.waitForChange(of: "a", after: 0) }
        let other = Task { await backend.waitForChange(of: "b", after: 0) }
        try await backend.append([events[0]], lease: nil)
        await woken.value
        await backend.waitForChange(of: "a", after: 0)
        // Cancelling ends a wait that nothing else would end, before it began or after.
        other.cancel()
        await other.value
        let never = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await backend.waitForChange(of: "a", after: 1)
        }
        await never.value
    }

    @Test("events of several instances, or with a gap, are refused as a whole", arguments: Kind.allCases)
    func malformed(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let (a, b) = (firstEvents("a", count: 3), firstEvents("b", count: 1))
        for wrong in [[a[0], b[0]], [a[0], a[2]]] {
            let error = await #expect(throws: BackendError.self) { try await backend.append(wrong, lease: nil) }
            guard case .malformedAppend = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(try await backend.instances().isEmpty)
        try await backend.append([], lease: nil)
    }

    @Test("an ended instance keeps its history and state, and can be written to again", arguments: Kind.allCases)
    func ended(_ kind: Kind) async throws {
        let backend = try await kind.open()
        var events = firstEvents("a", count: 1)
        events.append(
            Event(
                instance: "a", revision: 2, time: Timestamp(nanosecondsSinceEpoch: 2),
                body: .failed(.init(step: nil, failure: Failure(type: "E", message: "m")))))
        try await backend.append(events, lease: nil)
        #expect(try await backend.state(of: "a") == InstanceState(folding: events))
        let superseded = Event(
            instance: "a", revision: 3, time: Timestamp(nanosecondsSinceEpoch: 3), body: .superseded(.init()))
        try await backend.append([superseded], lease: nil)
        #expect(try await backend.state(of: "a") == InstanceState(folding: events + [superseded]))
        #expect(try await backend.instances().first?.phase == .superseded)
    }
}

func openLog(_ disk: InMemoryFileSystem) async throws -> LogBackend {
    try await LogBackend.open(directory: "jobs", options: logOptions, fileSystem: disk)
}

/// Small segments, and a writer that does nothing by itself, however long a test is held up.
var logOptions: LogOptions {
    var options = LogOptions()
    options.firstSegmentBytes = 64 * 1024
    options.segmentBytes = 64 * 1024
    options.idleDelay = .seconds(3600)
    return options
}

/// A submission and started tasks.
func firstEvents(_ instance: InstanceID, count: Int) -> [Event] {
    let bodies: [Event.Body] =
        [
            .submitted(
                .init(
                    workflow: "w", definition: DefinitionHash(bytes: [UInt8](repeating: 1, count: 32)),
                    input: Payload(codec: "json", bytes: Array("1".utf8)), priority: 3))
        ] + (0..<10).map { .taskStarted(.init(step: Step(NodeID("t\($0)")), attempt: 1, executor: "e")) }
    return bodies.prefix(count).enumerated().map { index, body in
        Event(
            instance: instance, revision: UInt64(index + 1), time: Timestamp(nanosecondsSinceEpoch: Int64(index)),
            body: body)
    }
}
