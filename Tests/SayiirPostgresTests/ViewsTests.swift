import PostgresCluster
import Sayiir
import SayiirEvents
import SayiirPostgres
import TestSupport
import Testing

@Suite("What people ask PostgreSQL themselves")
struct ViewsTests {
    @Test("the names of all kinds of event are in the database, as the published schema has them")
    func kinds() async throws {
        let options = TestStore.options()
        _ = try await TestStore.connect(options)
        let table = try await PostgresCluster.shared.psql(
            "SELECT kind, name FROM \(options.schema).event_kinds ORDER BY 1")
        let expected = Event.Kind.allCases.map { "\($0.rawValue)|\($0.name)" }
        #expect(table.split(separator: "\n").map(String.init) == expected)
    }

    @Test("the views show each instance and each event, with times that people can read")
    func views() async throws {
        let options = TestStore.options()
        let engine = Engine(backend: try await TestStore.connect(options))
        let workflow = try Flow("greet", input: Int.self).then(adding(1, "a")).build()
        _ = try await engine.run(workflow, id: "order-1", input: 1)
        let cluster = try await PostgresCluster.shared
        let overview = try await cluster.psql(
            """
            SELECT instance, workflow, status, steps_done, executor IS NULL, now() - submitted < interval '1 minute'
            FROM \(options.schema).overview
            """)
        #expect(overview.split(separator: "\n") == ["order-1|greet|completed|1|t|t"])
        let history = try await cluster.psql(
            "SELECT revision, type FROM \(options.schema).history WHERE instance = 'order-1' ORDER BY 1")
        #expect(
            history.split(separator: "\n")
                == ["1|submitted", "2|task_started", "3|task_checkpointed", "4|completed"])
    }

    @Test("nobody changes or removes an event by mistake")
    func appendOnly() async throws {
        let options = TestStore.options()
        let backend = try await TestStore.connect(options)
        let client = WorkflowClient(backend: backend)
        for number in 0..<2 { try await client.signal("s", to: "a", payload: number) }
        let cluster = try await PostgresCluster.shared
        for attempt in ["DELETE FROM", "TRUNCATE", "UPDATE"] {
            let sql = "\(attempt) \(options.schema).events" + (attempt == "UPDATE" ? " SET revision = 7" : "")
            let error = await #expect(throws: PostgresClusterError.self) { try await cluster.psql(sql) }
            #expect(error?.message.contains("never changed or removed") == true)
        }
        #expect(try await backend.history(of: "a").count == 2)
    }
}
