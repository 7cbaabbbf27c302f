import Foundation
import PostgresCluster
import Sayiir
import SayiirEvents
import SayiirLog
import SayiirPostgres
import TestPrograms
import Testing

@testable import SayiirInspection

@Suite("The built program on PostgreSQL")
struct StoreProgramTests {
    @Test("a log is moved there and back, and every instance has its history")
    func migrate() async throws {
        let directory = try await MovedTour.writeDirectory()
        let (log, back, schema) = ("\(directory.path)/log", "\(directory.path)/back", MovedTour.schema())
        let url = try await PostgresCluster.shared.url
        let before = try Program.run("export", log, "--format", "ndjson").output

        let environment = ["SAYIIR_POSTGRES": url]
        let there = try Program.run(
            ["migrate", log, "--to-postgres", "--schema", schema], environment: environment)
        #expect(there.status == 0 && there.errors == "")
        #expect(
            there.output.hasPrefix(
                "Moved 16 instances with 229 events and 5 definitions.\n  from        \(log): closed"))
        #expect(there.output.contains("schema \(schema)"))
        let refused = await #expect(throws: (any Error).self) { _ = try await Engine(directory: log) }
        #expect("\(refused.map { "\($0)" } ?? "")".contains("was moved to"))

        // With the variable and without a directory, the store is read.
        for arguments in [
            ["status"], ["list"], ["show", "order-1"], ["why", "order-3"], ["diff", "order-1", "order-2"],
        ] {
            let result = try Program.run(arguments + ["--schema", schema], environment: environment)
            #expect(result.status == 0 && result.errors == "" && !result.output.isEmpty, "\(arguments)")
            // What names a log is still a log.
            let ofLog = try Program.run([arguments[0], log] + arguments.dropFirst(), environment: environment)
            #expect(ofLog.status == 0 && ofLog.output != "", "\(arguments)")
        }
        let again = try Program.run(
            ["migrate", back, "--from-postgres", "--schema", schema, "--json"], environment: environment)
        let json = try #require(object(again.output))
        #expect(json["instances"] as? Int == 16 && json["to"] as? String == back && json["was_there"] as? Bool == false)
        #expect(there.output.contains(json["digest"] as? String ?? "none"))
        func events(_ text: String) -> [Substring] {
            text.replacing(#/"sequence":[0-9]+,/#, with: "").split(separator: "\n")
        }
        #expect(events(try Program.run("export", back, "--format", "ndjson").output) == events(before))
        let status = try Program.run("status", "--postgres", url, "--schema", schema)
        #expect(status.output.contains(" is closed: it was moved to \(back).") && status.status == 0)
        // Once is enough: two logs would go on.
        let twice = try Program.run("migrate", "\(back)2", "--from-postgres", "--postgres", url, "--schema", schema)
        #expect(twice.status == 1 && twice.errors.contains("it was moved to \(back)"))
        #expect(!FileManager.default.fileExists(atPath: "\(back)2"))
    }

    @Test("a store that is not there is neither read nor made")
    func noStore() async throws {
        let url = try await PostgresCluster.shared.url
        let (directory, schema) = (try TemporaryDirectory(), MovedTour.schema())
        let read = try Program.run("list", "--postgres", url, "--schema", schema)
        #expect(read.status == 1 && read.output == "")
        #expect(read.errors.hasPrefix("sayiir-inspect: there is no Sayiir store in schema '\(schema)' of "))
        let moved = try Program.run(
            "migrate", "\(directory.path)/log", "--from-postgres", "--postgres", url, "--schema", schema)
        #expect(
            moved.status == 1 && moved.errors.lowercased().contains("there is no sayiir store in schema '\(schema)'"))
        #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/log"))
        let cluster = try await PostgresCluster.shared
        #expect(try await cluster.psql("SELECT count(*) FROM pg_namespace WHERE nspname = '\(schema)'") == "0")
    }

    @Test("no server, a wrong password and a newer store end with 1, say why, and show no password")
    func errors() async throws {
        let cluster = try await PostgresCluster.start(overTCP: true, password: "s3cret")
        func expectFailure(_ url: String, _ words: String, schema: String = "sayiir") throws {
            for arguments in [["status", "--postgres", url], ["migrate", "x", "--from-postgres", "--postgres", url]] {
                let result = try Program.run(arguments + ["--schema", schema])
                #expect(result.status == 1 && result.output == "" && result.errors.contains(words), "\(result.errors)")
                #expect(!result.errors.contains("s3cret") && !result.errors.contains("wr0ng"))
            }
        }
        let host = "127.0.0.1:\(cluster.port)"
        try expectFailure("postgresql://sayiir:wr0ng@\(host)/postgres", "does not accept the user or the password")
        try expectFailure("postgresql://sayiir:s3cret@\(host)/nowhere", "has no such database")
        try expectFailure("postgresql://sayiir:s3cret@127.0.0.1:1/postgres", "No PostgreSQL server answers")
        try expectFailure("postgresql://sayiir:s3cret@[nonsense", "The PostgreSQL URL cannot be used")
        try await cluster.psql(
            "CREATE SCHEMA later; CREATE TABLE later.schema_version (version integer); INSERT INTO later.schema_version VALUES (99)"
        )
        try expectFailure(
            "postgresql://sayiir:s3cret@\(host)/postgres", "are of version 99, and this program knows versions up to 2",
            schema: "later")
    }

    @Test("a user that may only read can look at everything, and others are told what they lack")
    func readOnly() async throws {
        let tour = try await MovedTour.make()
        let cluster = try await PostgresCluster.shared
        let role = MovedTour.schema()
        try await cluster.psql("CREATE ROLE \(role) LOGIN")
        let url = cluster.url.replacing("//sayiir", with: "//\(role)")
        let refused = try Program.run("status", "--postgres", url, "--schema", tour.address.schema)
        #expect(refused.status == 1 && refused.errors.contains("USAGE on the schema, and SELECT on all"))
        try await cluster.psql(
            """
            GRANT USAGE ON SCHEMA \(tour.address.schema) TO \(role);
            GRANT SELECT ON ALL TABLES IN SCHEMA \(tour.address.schema) TO \(role);
            REVOKE EXECUTE ON FUNCTION \(tour.address.schema).now_nanoseconds() FROM PUBLIC;
            """)
        for arguments in [
            ["status"], ["list"], ["show", "order-1"], ["why", "order-3"], ["tail"], ["report"],
            ["export", "--format", "ndjson"],
        ] {
            let result = try Program.run(arguments + ["--postgres", url, "--schema", tour.address.schema])
            #expect(
                result.status == 0 && result.errors == "" && !result.output.isEmpty, "\(arguments): \(result.errors)")
        }
        let files = try Program.run("verify", "--postgres", url)
        #expect(files.status == 1 && files.errors.contains("'verify' is about the files of a log"))
    }

    @Test("a follower beside many writers, some of which roll back, shows every event once and in order")
    func followed() async throws {
        var options = PostgresOptions()
        options.schema = MovedTour.schema()
        let cluster = try await PostgresCluster.shared
        let backend = try await PostgresBackend.connect(to: cluster.url, options: options)
        let client = WorkflowClient(backend: backend)
        try await client.signal("first", to: "a", payload: 0)
        let program = try Program.start(
            "tail", "--follow", "-n", "5", "--json", "--postgres", cluster.url, "--schema", options.schema)
        #expect(await program.lines(atLeast: 1).count == 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<12 {
                group.addTask {
                    for number in 0..<40 {
                        try await client.signal("s", to: "\(writer)-\(number % 7)", payload: number)
                    }
                }
            }
            for writer in 0..<3 {
                group.addTask { [schema = options.schema] in
                    for number in 0..<5 {
                        let pause = Double((writer + number) % 4) / 10
                        let insert = "INSERT INTO \(schema).events (instance, revision, kind, time, data)"
                        try await cluster.psql(
                            """
                            BEGIN; \(insert) VALUES ('lost', \(number + 1), 27, 0, ''); SELECT pg_sleep(\(pause)); ROLLBACK
                            """)
                    }
                }
            }
            try await group.waitForAll()
        }
        backend.close()
        let stored = try await cluster.psql("SELECT sequence FROM \(options.schema).events ORDER BY sequence")
            .split(separator: "\n").compactMap { Int($0) }
        #expect(stored.count == 481 && stored != Array(1...481))
        let shown = await program.lines(atLeast: 481).map { object($0)?["sequence"] as? Int }
        #expect(shown == stored)
        _ = await program.kill()
    }

    @Test("status and why name who has leases, and what is due that nobody has taken")
    func leases() async throws {
        var options = PostgresOptions()
        options.schema = MovedTour.schema()
        let url = try await PostgresCluster.shared.url
        let backend = try await PostgresBackend.connect(to: url, options: options)
        let flow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        for id in ["a", "b"] as [InstanceID] {
            _ = try await WorkflowClient(backend: backend).submit(flow, id: id, input: 1)
        }
        let lease = try await backend.acquireLease(on: "a", by: "worker-7", takingOver: false)
        let source = LogSource(StoreAddress(url: url, schema: options.schema))
        let status = Run(StatusInspection(), on: source, style: Style())
        #expect(status.output.contains("  workers     worker-7 has 1 instance, until "))
        #expect(status.output.contains("  due         1 instance that no worker has taken, the first since "))
        var why = WhyInspection("a")
        why.now = { SystemClock.now() + .seconds(60) }
        let held = object(Run(why, on: source, style: Style(isJSON: true)).output)
        #expect(held?["executor"] as? String == "worker-7" && held?["unattended"] == nil)
        why.instance = "b"
        let idle = Run(why, on: source, style: Style())
        #expect(idle.output.contains("Nobody runs it, though it has been due since "))
        await backend.release(lease)
        backend.close()
    }
}
