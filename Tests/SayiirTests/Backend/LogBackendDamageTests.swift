import Sayiir
import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

/// Damage in the part of an engine's log that opening does not read.
@Suite struct LogBackendDamageTests {
    private let definition = "T:charge;"
    private let hash = DefinitionHash(bytes: [UInt8](repeating: 7, count: 32))

    private func open(_ disk: InMemoryFileSystem) async throws -> LogBackend {
        var options = logOptions
        options.snapshotBytes = 1 << 30
        options.firstSegmentBytes = 16 * 1024
        options.segmentBytes = 16 * 1024
        return try await LogBackend.open(directory: "jobs", options: options, fileSystem: disk)
    }

    private func ended(_ instance: InstanceID) -> [Event] {
        firstEvents(instance, count: 2) + [
            Event(
                instance: instance, revision: 3, time: Timestamp(nanosecondsSinceEpoch: 99),
                body: .completed(.init(result: nil)))
        ]
    }

    /// A log whose first segment is sealed and holds a definition and an instance that ended, and perhaps began anew behind the snapshot.
    private func sample(beginsAnew: Bool = true) async throws -> (disk: InMemoryFileSystem, sealed: String) {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        try await backend.keep(definition: definition, hash, at: Timestamp(nanosecondsSinceEpoch: 1))
        try await backend.append(ended("e"), lease: nil)
        for number in 0..<150 { try await backend.append(ended("filler-\(number)"), lease: nil) }
        try await backend.takeSnapshot()
        let time = Timestamp(nanosecondsSinceEpoch: 100)
        if beginsAnew {
            try await backend.append(
                [
                    Event(instance: "e", revision: 4, time: time, body: .superseded(.init())),
                    Event(instance: "e", revision: 5, time: time, body: firstEvents("x", count: 1)[0].body),
                ], lease: nil)
        }
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(120)
        func sealed() -> String? { disk.files.first { $0.hasPrefix("jobs/00000001") && $0.hasSuffix(".sealed") } }
        while sealed() == nil || disk.files.contains(where: { $0.hasPrefix("jobs/00000001") && $0.hasSuffix(".seg") }) {
            try #require(clock.now < limit)
            try await Task.sleep(for: .milliseconds(2))
        }
        try await backend.close()
        return (disk.snapshot(), try #require(sealed()))
    }

    private func contents(_ disk: InMemoryFileSystem) throws -> [String: [UInt8]] {
        try disk.files.reduce(into: [:]) { $0[$1] = try disk.bytes(of: $1) }
    }

    @Test("damage that is met by a look-up while opening is refused as `verify` does, without a changed byte or a lock")
    func lateRefusal() async throws {
        let (disk, sealed) = try await sample()
        #expect(try await open(disk.snapshot()).recovery.snapshotSequence != nil)
        let bytes = try disk.bytes(of: sealed)
        // Behind the header block, nothing is left.
        try disk.setBytes(bytes.prefix(4096) + [UInt8](repeating: 0, count: bytes.count - 4096), of: sealed)
        let before = try contents(disk)
        let reading = try LogReader(directory: "jobs", fileSystem: disk).verify()
        // The second time, nothing of the first is in the way.
        for _ in 0..<2 {
            let error = await #expect(throws: BackendError.self) { try await open(disk) }
            guard case .log(.refused(let assessment)) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(assessment == reading && assessment.rule == .earlierIsBad)
            #expect(try contents(disk) == before)
        }
    }

    @Test("a definition that cannot be read any more is written again")
    func unreadableDefinition() async throws {
        let (disk, sealed) = try await sample(beginsAnew: false)
        try disk.flipBit(3, ofByteAt: 4096 + 200, in: sealed)
        let backend = try await open(disk)
        #expect(backend.recovery.snapshotSequence != nil)
        let position = backend.recovery.assessment.lastSequence
        try await backend.keep(definition: definition, hash, at: Timestamp(nanosecondsSinceEpoch: 2))
        try await backend.close()
        let again = try await open(disk)
        #expect(again.recovery.assessment.lastSequence == position + 1)
        try await again.close()
    }
}
