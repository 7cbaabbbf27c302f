import Sayiir
import SayiirEvents
import SayiirLog
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

    @Test("every backend of ours does what the contract says", arguments: BackendConformance.checks, Kind.allCases)
    func conforms(to check: BackendConformance.Check, _ kind: Kind) async throws {
        // A hang is noticed all the same, and a loaded machine is none.
        try await check.run(within: .seconds(300)) { try await kind.open() }
    }

    @Test("STO-03: sequences count the events of all instances, from 1 and without a gap", arguments: Kind.allCases)
    func sequences(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 5)
        try await backend.append(Array(events[..<2]), lease: nil)
        try await backend.append(firstEvents("b", count: 3), lease: nil)
        try await backend.append(Array(events[2...]), lease: nil)
        #expect(try await backend.history(of: "a").map(\.sequence) == [1, 2, 6, 7, 8])
    }

    @Test("STO-01: what does not exist has no state and no history", arguments: Kind.allCases)
    func unknown(_ kind: Kind) async throws {
        let backend = try await kind.open()
        #expect(try await backend.state(of: "nobody") == nil)
        #expect(try await backend.history(of: "nobody").isEmpty)
    }

    @Test("a conflict says which revision comes next, and a held lease who has it", arguments: Kind.allCases)
    func words(_ kind: Kind) async throws {
        let backend = try await kind.open()
        let events = firstEvents("a", count: 4)
        try await backend.append(Array(events[..<2]), lease: nil)
        for wrong in [Array(events[..<2]), Array(events[3...])] {
            let error = await #expect(throws: BackendError.self) { try await backend.append(wrong, lease: nil) }
            #expect(error?.description.contains("'a' was changed meanwhile: revision 3 comes next") == true)
        }
        _ = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        let error = await #expect(throws: BackendError.self) {
            try await backend.acquireLease(on: "a", by: "two", takingOver: false)
        }
        #expect(error?.description.contains("'a' is being run by 'one'") == true)
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
