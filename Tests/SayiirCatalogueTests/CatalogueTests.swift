import Foundation
import GRDB
import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirCatalogue
@testable import SayiirProjection

@Suite struct CatalogueTests {
    /// Rows of a query, each as one line.
    private func rows(_ log: TestLog, _ sql: String) throws -> [String] {
        let file = try CatalogueFile(opening: log.path, isReadOnly: true)
        return try file.database.read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.map { $0.1.isNull ? "-" : "\($0.1)".replacingOccurrences(of: "\"", with: "") }.joined(
                    separator: " | ")
            }
        }
    }

    private func change(_ log: TestLog, _ sql: String) throws {
        try DatabaseQueue(path: log.path).write { try $0.execute(sql: sql) }
    }

    /// Histories of several instances that make no sense, as far as a store would take them in.
    private func randomEvents(seed: UInt64, instances: Int, count: Int) -> [Event] {
        var generators = (0..<instances).map { RandomEvents(seed: seed &* 31 &+ UInt64($0)) }
        var random = SayiirTesting.SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let number = Int.random(in: 0..<instances, using: &random)
            var event = generators[number].next()
            event.instance = InstanceID("instance-\(number)")
            return event
        }
    }

    @Test("Ids and workflow names that are canonically equivalent are two, also for queries by them")
    func identity() async throws {
        let twins = ["caf\u{E9}", "cafe\u{301}"]
        let log = try TestLog()
        var history = History()
        for (index, id) in twins.enumerated() {
            history.add(InstanceID(id), Double(index), .submit(id, "1", tags: [id]))
            history.add(InstanceID(id), Double(index) + 5, .start(Step(NodeID(id))))
        }
        try await log.append(history.events)
        try await log.close()
        try log.catalogue.update()
        #expect(try log.catalogue.check() == [])
        for id in twins {
            var queries = [InstanceQuery(), InstanceQuery(), InstanceQuery()]
            queries[0].workflow = id
            queries[1].idPart = id
            queries[2].tag = id
            for query in queries {
                let found = try log.catalogue.instances(query).value
                #expect(found.count == 1 && found[0].id.utf8.elementsEqual(id.utf8))
                // A catalogue's overviews have no tags.
                let all = try log.catalogue.instances(InstanceQuery()).value
                if query.tag == nil { #expect(query.choose(from: all).map(\.id) == [found[0].id]) }
            }
        }
    }

    @Test("whatever a log holds, taken in at once or little by little, its instances stand as the fold says")
    func fold() async throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let log = try TestLog()
            let events = randomEvents(seed: seed, instances: 6, count: 400)
            var random = SayiirTesting.SplitMix64(seed: seed)
            var rest = events[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...120, using: &random)
                try await log.append(rest.prefix(count), perCommit: 3)
                rest = rest.dropFirst(count)
                try log.catalogue.update()
            }
            try await log.close()
            #expect(try log.catalogue.update() == UInt64(events.count))
            #expect(try log.catalogue.check() == [], "seed \(seed)")
            var states: [InstanceID: InstanceState] = [:]
            for event in events {
                states[event.instance, default: InstanceState(event.instance)].apply(event.withoutPayloads)
            }
            let expected = states.values.map { state in
                let summary = InstanceOverview(state)
                let (run, revision) = (Int64(clamping: summary.run), Int64(clamping: summary.revision))
                return
                    "\(summary.id) | \(summary.status.rawValue) | \(run) | \(revision) | \(summary.stepsDone) | \(summary.stepsBegun)"
            }
            let found = try rows(log, "SELECT id, status, run, revision, steps_done, steps_begun FROM instance")
            #expect(found.sorted() == expected.sorted(), "seed \(seed)")
        }
    }

    @Test("the views say what happened, in words that people's SQL may rely on")
    func views() async throws {
        let log = try TestLog()
        try await log.append(History.sample.events)
        try await log.close()
        try log.catalogue.update()
        let instances = try rows(
            log,
            "SELECT instance, status, steps_done, steps_begun, submitted, duration_seconds FROM instances ORDER BY 1")
        #expect(
            instances
                == [
                    "order-42 | completed | 3 | 3 | 2026-03-01 12:00:00.000 | 3.41",
                    "order-43 | failed | 0 | 1 | 2026-03-01 12:00:00.020 | 0.24",
                    "order-44 | cancelled | 2 | 2 | 2026-03-01 12:00:00.040 | 65.38",
                    "reminder-1 | waiting | 0 | 1 | 2026-03-01 12:00:00.400 | 0.0002",
                    "report-7 | in_progress | 3 | 5 | 2026-03-01 12:00:00.100 | 0.122",
                    "user-9 | awaiting_signal | 1 | 2 | 2026-03-01 12:00:00.300 | 0.6",
                ])
        let attempts = try rows(
            log,
            """
            SELECT step, attempt, outcome, executor, error_type, retry_at FROM attempts
            WHERE instance = 'order-42' ORDER BY started
            """)
        #expect(
            attempts
                == [
                    "reserve_stock | 1 | completed | worker-1 | - | -",
                    "charge_card | 1 | failed | worker-1 | PaymentDeclined | 2026-03-01 12:00:01.232",
                    "charge_card | 2 | interrupted | worker-1 | - | -",
                    "charge_card | 3 | completed | worker-2 | - | -",
                    "ship_parcel | 1 | completed | worker-2 | - | -",
                ])
        #expect(try rows(log, "SELECT type, count(*) FROM events WHERE instance = 'order-43' GROUP BY 1").count > 2)
        #expect(
            try rows(log, "SELECT sequence FROM events ORDER BY 1").map { Int($0) }
                == (1...History.sample.events.count).map { $0 })
        let waits = try rows(log, "SELECT instance, step, kind, signal, outcome, until FROM waits ORDER BY 1, 2")
        #expect(
            waits == [
                "reminder-1 | a_week | delay | - | waiting | 2026-03-08 12:00:00.000",
                "user-9 | confirm_mail | signal | mail_confirmed | waiting | 2026-03-02 12:00:00.000",
            ])
        let signals = try rows(log, "SELECT instance, signal, actor, bytes, step FROM signals")
        #expect(signals == ["user-9 | news_wanted | - | 4 | -"])
        // All of them should have gone on long ago.
        let stuck = try rows(log, "SELECT instance, step, why, since, due FROM stuck ORDER BY 1")
        #expect(
            stuck == [
                "reminder-1 | a_week | due, and nobody runs it | 2026-03-01 12:00:00.400 | 2026-03-08 12:00:00.000",
                "report-7 | - | no event for over five minutes while it should be running | 2026-03-01 12:00:00.222 | -",
                "user-9 | confirm_mail | due, and nobody runs it | 2026-03-01 12:00:00.311 | 2026-03-02 12:00:00.000",
            ])
    }

    @Test(
        "attempts of many branches at once are a row each, with what was said at their beginning and at their end",
        arguments: [1, 100])
    func branches(eventsAtOnce: Int) async throws {
        let log = try TestLog()
        // More than a batch looks through for the one that an event is about.
        let steps = (1...20).map { Step(NodeID("branch_\($0)")) }
        var bodies = [
            Event.Body.submitted(
                .init(
                    workflow: "wide", definition: DefinitionHash(bytes: (0..<32).map { $0 }),
                    input: Payload(codec: "json", bytes: []), priority: 3))
        ]
        bodies += steps.map { .taskStarted(.init(step: $0, attempt: 1, executor: "worker-\($0)")) }
        bodies += steps.map {
            .taskCheckpointed(.init(step: $0, attempt: 1, output: Payload(codec: "json", bytes: [])))
        }
        let events = bodies.enumerated().map { index, body in
            Event(
                instance: "one", revision: UInt64(index + 1),
                time: Timestamp(nanosecondsSinceEpoch: Int64(index) * 1_000_000_000), body: body)
        }
        for start in stride(from: 0, to: events.count, by: eventsAtOnce) {
            try await log.append(events.dropFirst(start).prefix(eventsAtOnce))
            try log.catalogue.update()
        }
        try await log.close()
        try log.catalogue.update()
        let attempts = try rows(
            log, "SELECT step, outcome, executor, duration_seconds FROM attempts ORDER BY started")
        #expect(attempts == steps.map { "\($0) | completed | worker-\($0) | 20.0" })
    }

    @Test("A catalogue that is deleted, damaged, empty or of another schema is built again")
    func disposable() async throws {
        let log = try TestLog()
        try await log.append(History.sample.events)
        try await log.close()
        let whole = UInt64(History.sample.events.count)
        let ruins: [(String) throws -> Void] = [
            { try FileManager.default.removeItem(atPath: $0) },
            { try Data().write(to: URL(fileURLWithPath: $0)) },
            { path in
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                for offset in stride(from: 4096, to: bytes.count, by: 512) { bytes[offset] ^= 0xFF }
                try bytes.write(to: URL(fileURLWithPath: path))
            },
            { path in try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 1") } },
            { path in try DatabaseQueue(path: path).write { try $0.execute(sql: "DROP TABLE catalogue") } },
            { path in
                try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE catalogue SET position = '1 2 3'") }
            },
        ]
        for (number, ruin) in ruins.enumerated() {
            try log.catalogue.update()
            try ruin(log.path)
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: log.path + suffix) }
            #expect(try log.catalogue.update() == whole, "ruin \(number)")
            #expect(try log.catalogue.check() == [], "ruin \(number)")
        }
    }

    @Test("A file that is not this log's catalogue is refused and stays as it is")
    func foreign() async throws {
        let log = try TestLog()
        try await log.append(History.sample.events)
        try await log.close()
        let foreign: [(String) throws -> Void] = [
            {
                try Data("no database at all, but long enough to be looked at".utf8).write(to: URL(fileURLWithPath: $0))
            },
            { path in try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA application_id = 3") } },
            { path in try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE catalogue SET log = 'other'") }
            },
        ]
        for (number, change) in foreign.enumerated() {
            try? FileManager.default.removeItem(atPath: log.path)
            try log.catalogue.rebuild()
            try change(log.path)
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: log.path + suffix) }
            let before = try Data(contentsOf: URL(fileURLWithPath: log.path))
            for call in [{ _ = try log.catalogue.update() }, { _ = try log.catalogue.rebuild() }] {
                #expect {
                    try call()
                } throws: { error in
                    guard case CatalogueError.refused(let file, _, _) = error else { return false }
                    return file == log.path
                }
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: log.path)) == before, "case \(number)")
        }
    }

    @Test("The catalogue that stands where this log's belongs is built again if it is another log's")
    func defaultPlace() async throws {
        let folder = try TestLog().folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = folder.appendingPathComponent("jobs").path
        for _ in 0..<2 {
            let writer = try await LogWriter.open(directory: directory)
            var batch = RecordBatch()
            for event in History.sample.events {
                try batch.append(
                    kind: .event, key: event.instance.rawValue, timestamp: event.time.nanosecondsSinceEpoch
                ) { event.encode(into: &$0) }
            }
            try await writer.append(batch)
            try await writer.close()
            let catalogue = Catalogue(ofLog: directory)
            #expect(try catalogue.update() == UInt64(History.sample.events.count))
            #expect(try catalogue.status().log == LogReader(directory: directory).identity()?.description)
            try FileManager.default.removeItem(atPath: directory)
        }
    }

    @Test("what was taken in from a log that is another now, or shorter, is not believed")
    func replaced() async throws {
        let log = try TestLog()
        try await log.append(History.sample.events)
        try await log.close()
        try log.catalogue.update()
        // The same identity, and a history that ends otherwise.
        let other = try TestLog()
        let events = Array(History.sample.events.dropLast(2))
        try await other.append(events)
        try await other.close()
        let catalogue = Catalogue(of: LogReader(directory: "log", fileSystem: other.disk), path: log.path)
        #expect(throws: CatalogueError.self) { try catalogue.catchUp() }
        #expect(try catalogue.update() == UInt64(events.count))
        #expect(try catalogue.check() == [])
    }

    @Test("a state in the catalogue that cannot be read, once it is needed, leads to a new catalogue")
    func damagedState() async throws {
        let log = try TestLog()
        let events = History.sample.events
        try await log.append(events.prefix(20))
        try log.catalogue.update()
        try change(log, "UPDATE instance_state SET state = x'FFFF'")
        try await log.append(events.dropFirst(20))
        try await log.close()
        #expect(throws: CatalogueError.self) { try log.catalogue.catchUp() }
        #expect(try log.catalogue.update() == UInt64(events.count))
        #expect(try log.catalogue.check() == [])
    }

    @Test("the check names what was changed in the catalogue")
    func check() async throws {
        let log = try TestLog()
        try await log.append(History.sample.events)
        try await log.close()
        try log.catalogue.update()
        for (kind, sql) in [
            ("instance", "UPDATE instance SET status = 'completed' WHERE id = 'order-43'"),
            ("attempt", "DELETE FROM attempt WHERE step = 'ship_parcel'"),
            ("wait", "UPDATE wait SET outcome = 'elapsed'"),
            ("event", "UPDATE event SET actor = 'mallory' WHERE sequence = 5"),
        ] {
            try change(log, sql)
            let differences = try log.catalogue.check()
            #expect(Set(differences.map(\.kind)) == [kind], "\(differences)")
            try log.catalogue.rebuild()
        }
        #expect(try log.catalogue.check() == [])
    }

    @Test("sealing between two updates changes nothing that was taken in")
    func sealed() async throws {
        let log = try TestLog()
        var history = History()
        for number in 0..<1500 {
            let id = InstanceID("order-\(number)")
            let time = Double(number)
            history.add(id, time, .submit("order", "\"\(String(repeating: "x", count: 40))\(number)\""))
            history.add(id, time, .start(Step("charge")))
            history.add(id, time + 0.5, .checkpoint(Step("charge"), "1"))
        }
        let events = history.events
        try await log.append(events[..<1000], sealing: true)
        // Those of the last commit are not known to be durable.
        #expect(try log.catalogue.update() == 998)
        try await log.append(events[1000...], sealing: true)
        let files = { try log.disk.entries(ofDirectory: "log") }
        for _ in 0..<2000 where try files().filter({ $0.hasSuffix(".sealed") }).count < 3 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try files().filter { $0.hasSuffix(".sealed") }.count >= 3)
        try log.catalogue.update()
        try await log.close()
        #expect(try log.catalogue.update() == UInt64(events.count))
        #expect(try log.catalogue.check() == [])
        #expect(try rows(log, "SELECT count(*), sum(steps_done) FROM instances") == ["1500 | 1500"])
    }

    @Test("an update that is broken off anywhere leaves a catalogue that goes on from there")
    func brokenOff() async throws {
        struct Stop: Error {}
        let log = try TestLog()
        try await log.append(History.sample.events.prefix(10))
        try log.catalogue.update()
        let copies = (0..<3000).flatMap { number in
            var history = History()
            history.add(InstanceID("n-\(number)"), Double(number), .submit("order", "1"))
            for step in 0..<10 {
                history.add(InstanceID("n-\(number)"), Double(number), .start(Step(NodeID("s\(step)"))))
                history.add(InstanceID("n-\(number)"), Double(number), .checkpoint(Step(NodeID("s\(step)")), "1"))
            }
            return history.events
        }
        try await log.append(copies, perCommit: 100)
        try await log.close()
        var stops = 0
        while true {
            do {
                _ = try log.catalogue.update { _ in throw Stop() }
                break
            } catch is Stop {
                stops += 1
            }
        }
        #expect(stops >= 2)
        #expect(try log.catalogue.check() == [])
        #expect(try rows(log, "SELECT count(*) FROM events") == ["\(copies.count + 10)"])
    }

    @Test("records that cannot be decoded are counted and passed over")
    func unreadable() async throws {
        let log = try TestLog()
        try await log.append(History.sample.events.prefix(4))
        var batch = RecordBatch()
        try batch.append(kind: .event, key: "order-42", timestamp: 1) { $0 += [0xFF, 0xFF, 0xFF] }
        try await log.append(batch)
        try await log.close()
        #expect(try log.catalogue.update() == 5)
        #expect(try rows(log, "SELECT sequence, unreadable FROM catalogue") == ["5 | 1"])
    }
}
