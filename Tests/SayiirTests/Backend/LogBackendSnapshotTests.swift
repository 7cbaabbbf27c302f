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

    @Test(
        "a state that a whole snapshot has and that cannot be decoded is folded from its history",
        arguments: [0, 1, 2])
    func undecodableState(way: Int) async throws {
        let disk = InMemoryFileSystem()
        let backend = try await open(disk)
        try await backend.append(firstEvents("a", count: 3), lease: nil)
        try await backend.close()
        let log = try await LogWriter.open(directory: "jobs", options: logOptions, fileSystem: disk)
        try await log.writeSnapshot(
            at: log.position, contentVersion: 1 << 16 | InstanceState.encodingVersion, neededFrom: 1
        ) { (entries) throws(LogError) in
            try entries.append(kind: RecordKind(rawValue: 16), key: "a") { bytes in
                bytes += [1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 20)
            }
        }
        try await log.close()
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
