import Sayiir
import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@Suite struct LogBackendSnapshotTests {
    private func open(_ disk: InMemoryFileSystem, snapshotBytes: Int = 1 << 30) async throws -> LogBackend {
        var options = logOptions
        options.snapshotBytes = snapshotBytes
        options.firstSegmentBytes = 16 * 1024
        options.segmentBytes = 16 * 1024
        return try await LogBackend.open(directory: "jobs", options: options, fileSystem: disk)
    }

    private func ended(_ instance: InstanceID, after count: Int) -> [Event] {
        firstEvents(instance, count: count) + [
            Event(
                instance: instance, revision: UInt64(count + 1), time: Timestamp(nanosecondsSinceEpoch: 99),
                body: .completed(.init(result: nil)))
        ]
    }

    @Test("a log opened from a snapshot has the live instances as they were, and finds the others")
    func reopen() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        for number in 0..<20 {
            try await backend.append(firstEvents("live-\(number)", count: 3), lease: nil)
            try await backend.append(ended("ended-\(number)", after: 4), lease: nil)
        }
        try await backend.takeSnapshot()
        try await backend.append(firstEvents("late", count: 2), lease: nil)
        try await backend.append(Array(firstEvents("live-3", count: 5).suffix(2)), lease: nil)
        try await backend.close()

        let again = try await open(disk)
        #expect(again.recovery.snapshotSequence == 160)
        #expect(again.recovery.assessment.recordCount == 4)
        #expect(try await again.liveInstances().count == 21)
        #expect(try await again.instances().count == 41)
        for number in 0..<20 {
            let live = firstEvents("live-\(number)", count: number == 3 ? 5 : 3)
            #expect(try await again.state(of: "live-\(number)") == InstanceState(folding: live))
            let events = ended("ended-\(number)", after: 4)
            #expect(try await again.state(of: "ended-\(number)") == InstanceState(folding: events))
            #expect(try await again.history(of: "ended-\(number)").map(\.event) == events)
        }
        #expect(try await again.state(of: "late")?.revision == 2)
        #expect(try await again.state(of: "nobody") == nil)
        try await again.close()
    }

    @Test("an instance that had ended is refused a first event, and takes the next one")
    func endedInstances() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        try await backend.append(ended("e", after: 2), lease: nil)
        try await backend.takeSnapshot()
        try await backend.close()
        let again = try await open(disk)
        #expect(again.recovery.snapshotSequence == 3)
        let error = await #expect(throws: BackendError.self) {
            try await again.append(firstEvents("e", count: 1), lease: nil)
        }
        #expect(error?.description.contains("revision 4 comes next, not 1") == true)
        let time = Timestamp(nanosecondsSinceEpoch: 100)
        try await again.append(
            [
                Event(instance: "e", revision: 4, time: time, body: .superseded(.init())),
                Event(instance: "e", revision: 5, time: time, body: firstEvents("x", count: 1)[0].body),
            ], lease: nil)
        #expect(try await again.state(of: "e")?.phase == .active)
        try await again.close()
        // It was not in the snapshot, and what is behind it does not tell its beginning.
        let third = try await open(disk)
        #expect(third.recovery.snapshotSequence == 3)
        #expect(try await third.liveInstances().map(\.id) == ["e"])
        #expect(try await third.state(of: "e")?.revision == 5)
        try await third.close()
    }

    /// A disk with three events of instance "a", and a snapshot of them with the given content and its version.
    private func diskWithSnapshot(
        version: UInt32, _ content: @escaping @Sendable (inout SnapshotEntries) throws(LogError) -> Void
    ) async throws -> InMemoryFileSystem {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        try await backend.append(firstEvents("a", count: 3), lease: nil)
        try await backend.close()
        let log = try await LogWriter.open(directory: "jobs", options: logOptions, fileSystem: disk)
        try await log.writeSnapshot(
            at: log.position, contentVersion: version << 16 | InstanceState.encodingVersion, neededFrom: 1,
            entries: content)
        try await log.close()
        return disk
    }

    @Test(
        "a state that a whole snapshot has and that cannot be decoded is folded from its history",
        arguments: [0, 1, 2])
    func undecodableState(way: Int) async throws {
        let disk = try await diskWithSnapshot(version: 3) { (entries) throws(LogError) in
            try entries.append(kind: RecordKind(rawValue: 16), key: "a") { bytes in
                bytes += [1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
                bytes += [20, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 20)
            }
        }
        let again = try await open(disk)
        #expect(again.recovery.snapshotSequence == 3)
        let events = firstEvents("a", count: 4)
        switch way {
        case 0: #expect(try await again.liveInstances().map(\.id) == ["a"])
        case 1: #expect(try await again.state(of: "a") == InstanceState(folding: events.prefix(3)))
        default: break
        }
        try await again.append([events[3]], lease: nil)
        #expect(try await again.state(of: "a") == InstanceState(folding: events))
        try await again.close()
    }

    @Test("a snapshot of the version before is not used, and all is read from the log")
    func earlierVersion() async throws {
        let disk = try await diskWithSnapshot(version: 2) { (entries) throws(LogError) in
            try entries.append(kind: RecordKind(rawValue: 17), key: "") { $0 += [9, 0, 0, 0, 0, 0, 0, 0] }
        }
        let again = try await open(disk)
        #expect(again.recovery.snapshotSequence == nil && again.recovery.unusedSnapshots.count == 1)
        #expect(try await again.state(of: "a") == InstanceState(folding: firstEvents("a", count: 3)))
        try await again.close()
    }

    @Test("what instances wait for is known to who opens the log next, unless something has happened since")
    func rests() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        let due = Timestamp(nanosecondsSinceEpoch: 77)
        func leave(_ id: InstanceID, _ rest: InstanceRest?) async throws {
            try await backend.append(firstEvents(id, count: 2), lease: nil)
            let lease = try await backend.acquireLease(on: id, by: "x", takingOver: false)
            await backend.release(lease, leaving: rest)
        }
        try await leave("moment", InstanceRest(revision: 2, due: due, priority: 5))
        try await leave("signal", InstanceRest(revision: 2, due: nil, priority: 1))
        try await leave("unsaid", nil)
        try await leave("outdated", InstanceRest(revision: 1, due: due))
        try await leave("tagged", InstanceRest(revision: 2, due: due, tags: ["gpu"]))
        try await leave("changed", InstanceRest(revision: 2, due: due))
        try await leave("changed later", InstanceRest(revision: 2, due: due))
        try await backend.append([firstEvents("changed", count: 3)[2]], lease: nil)
        let mine: Set<ServedWorkflow> = [served("w", 1)]
        func atRest(_ backend: LogBackend, of workflows: Set<ServedWorkflow>) async throws -> [InstanceID: Int] {
            let list = try await backend.waitingInstances(of: workflows)
            #expect(list.count == 7)
            for instance in list where instance.isAtRest {
                #expect(instance.due == (instance.id == "signal" ? nil : due))
            }
            return Dictionary(uniqueKeysWithValues: list.filter(\.isAtRest).map { ($0.id, $0.priority) })
        }
        let expected: [InstanceID: Int] = ["moment": 5, "signal": 1, "changed later": 3]
        #expect(try await atRest(backend, of: mine) == expected)
        #expect(try await atRest(backend, of: []) == [:])
        try await backend.takeSnapshot()
        try await backend.append([firstEvents("changed later", count: 3)[2]], lease: nil)
        try await backend.close()
        let again = try await open(disk)
        #expect(try await atRest(again, of: mine) == ["moment": 5, "signal": 1])
        #expect(try await atRest(again, of: [served("w", 2)]) == [:])
        // Both the name and the definition have to match.
        #expect(try await atRest(again, of: [served("v", 1)]) == [:])
        // Who looks and changes nothing has nothing to tell.
        let lease = try await again.acquireLease(on: "moment", by: "x", takingOver: false)
        #expect(try await atRest(again, of: mine) == ["signal": 1])
        await again.release(lease)
        #expect(try await atRest(again, of: mine) == ["moment": 5, "signal": 1])
        try await again.close()
    }

    @Test("many more instances than are kept unpacked are as their histories say, also after another opening")
    func parking() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        func id(_ number: Int) -> InstanceID { InstanceID("i\(number)") }
        func count(_ number: Int) -> Int { 2 + number % 5 }
        func expectAll(_ backend: LogBackend, _ extra: Int) async throws {
            var wrong: [InstanceID] = []
            for number in 0..<2500 {
                let events = firstEvents(id(number), count: count(number) + extra)
                let state = try await backend.state(of: id(number))
                if state != InstanceState(folding: events) { wrong.append(id(number)) }
            }
            #expect(wrong == [])
        }
        for number in 0..<2500 { try await backend.append(firstEvents(id(number), count: count(number)), lease: nil) }
        try await expectAll(backend, 0)
        for number in 0..<2500 {
            let next = firstEvents(id(number), count: count(number) + 1).suffix(1)
            try await backend.append(Array(next), lease: nil)
        }
        try await expectAll(backend, 1)
        #expect(try await backend.liveInstances().count == 2500)
        let error = await #expect(throws: BackendError.self) {
            try await backend.append(firstEvents("i1", count: 1), lease: nil)
        }
        #expect(error?.description.contains("revision 5 comes next, not 1") == true)
        await backend.waitForChange(of: "i2", after: 4)
        try await backend.takeSnapshot()
        try await backend.close()
        let again = try await open(disk)
        #expect(again.recovery.assessment.recordCount == 0)
        try await expectAll(again, 1)
        try await again.close()
    }

    @Test("a service that has only looked leaves a snapshot in which it is known what all wait for")
    func snapshotOfRests() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        for number in 0..<100 { try await backend.append(firstEvents("i\(number)", count: 2), lease: nil) }
        try await backend.takeSnapshot()
        try await backend.close()
        let mine: Set<ServedWorkflow> = [served("w", 1)]
        let looking = try await open(disk)
        #expect(try await looking.waitingInstances(of: mine).count { $0.isAtRest } == 0)
        for number in 0..<100 {
            let id = InstanceID("i\(number)")
            let lease = try await looking.acquireLease(on: id, by: "x", takingOver: false)
            await looking.release(lease, leaving: InstanceRest(revision: 2, due: nil))
        }
        try await looking.close()
        let again = try await open(disk)
        #expect(try await again.waitingInstances(of: mine).count { $0.isAtRest } == 100)
        try await again.close()
    }

    @Test("epochs never go back, also past instances that ended before the snapshot")
    func epochs() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        var last: UInt64 = 0
        for _ in 0..<5 {
            let lease = try await backend.acquireLease(on: "a", by: "x", takingOver: true)
            last = lease.epoch
        }
        try await backend.append(firstEvents("a", count: 2), lease: nil)
        try await backend.takeSnapshot()
        try await backend.close()
        let again = try await open(disk)
        #expect(try await again.acquireLease(on: "b", by: "x", takingOver: false).epoch > last)
        try await again.close()
    }

    @Test("a waiter for a change of an instance that is only in the log is woken if it is behind")
    func waiting() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        try await backend.append(ended("e", after: 2), lease: nil)
        try await backend.takeSnapshot()
        try await backend.close()
        let again = try await open(disk)
        await again.waitForChange(of: "e", after: 1)
        #expect(try await again.state(of: "e")?.revision == 3)
        try await again.close()
    }

    @Test(
        "whatever runs while snapshots are taken, a crash gives back every instance as its history says",
        arguments: 0..<12 as Range<UInt64>)
    func concurrently(seed: UInt64) async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk, snapshotBytes: 3000)
        try await withThrowingTaskGroup { group in
            // At least one, however late the others come; those are taken by themselves.
            group.addTask { try await backend.takeSnapshot() }
            for worker in 0..<8 {
                group.addTask {
                    var generator = SplitMix64(seed: seed << 8 | UInt64(worker))
                    for number in 0..<25 {
                        let id = InstanceID("i\(worker)-\(number)")
                        let count = Int.random(in: 1...8, using: &generator)
                        let events =
                            Bool.random(using: &generator)
                            ? firstEvents(id, count: count) : ended(id, after: count)
                        var rest = events[...]
                        while !rest.isEmpty {
                            let part = rest.prefix(Int.random(in: 1...3, using: &generator))
                            try await backend.append(Array(part), lease: nil)
                            rest = rest.dropFirst(part.count)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let survivor = disk.crash(keeping: .nothing)
        let again = try await open(survivor)
        #expect(again.recovery.snapshotSequence != nil)
        var live = 0
        for worker in 0..<8 {
            for number in 0..<25 {
                let id = InstanceID("i\(worker)-\(number)")
                let history = try await again.history(of: id).map(\.event)
                let state = try await again.state(of: id)
                #expect(state == InstanceState(folding: history) && state?.anomalies.isEmpty == true)
                if state?.phase == .active { live += 1 }
            }
        }
        #expect(try await again.liveInstances().count == live)
        try await again.close()
        try await backend.close()
    }

    @Test("what is live holds retention back, and what has ended goes")
    func retention() async throws {
        let disk = InMemoryFileSystem()
        var options = logOptions
        options.firstSegmentBytes = 16 * 1024
        options.segmentBytes = 16 * 1024
        options.retention = Retention(maximumBytes: 0)
        let backend = try await LogBackend.open(directory: "jobs", options: options, fileSystem: disk)
        let reader = LogReader(directory: "jobs", fileSystem: disk)
        func fill(_ name: String) async throws {
            for number in 0..<150 { try await backend.append(ended("\(name)-\(number)", after: 8), lease: nil) }
            for number in 0..<3 {
                // Each covers something else; what the last one lets go is gone when the log is closed.
                try await backend.append(ended("\(name)-last-\(number)", after: 1), lease: nil)
                try await backend.takeSnapshot()
            }
        }
        try await backend.append(firstEvents("live", count: 2), lease: nil)
        try await fill("a")
        #expect(try reader.removedSegments().isEmpty)
        try await backend.append([ended("live", after: 2)[2]], lease: nil)
        try await fill("b")
        #expect(try await backend.state(of: "b-149")?.phase == .completed)
        try await backend.close()
        #expect(try reader.removedSegments().count > 2)
        #expect(try reader.verify().verdict == .clean)
    }
}

private func served(_ name: String, _ byte: UInt8) -> ServedWorkflow {
    ServedWorkflow(name: name, definition: DefinitionHash(bytes: [UInt8](repeating: byte, count: 32)))
}
