import PostgresCluster
import Sayiir
import SayiirPostgres
import TestSupport
import Testing

@Suite("Leases that only the server knows of")
struct ForgottenLeaseTests {
    @Test("are given back after the connection broke, long before they end; those that are held are kept")
    func givenBack() async throws {
        var options = TestStore.options()
        options.leaseDuration = .seconds(2)
        let backend = try await TestStore.connect(options)
        let client = WorkflowClient(backend: backend)
        for id in ["held", "forgotten", "other"] as [InstanceID] { try await client.signal("s", to: id, payload: 1) }
        let lease = try await backend.acquireLease(on: "held", by: "one", takingOver: false)
        let cluster = try await PostgresCluster.shared
        // As a claim leaves it whose answer was lost; and one of another process.
        _ = try await cluster.psql(
            """
            UPDATE \(options.schema).instances SET lease_executor = 'one', lease_epoch = 1,
                lease_until = \(options.schema).now_nanoseconds() + 3600000000000,
                lease_session = CASE WHEN id = 'other' THEN 7 ELSE
                    (SELECT lease_session FROM \(options.schema).instances WHERE id = 'held') END
            WHERE id <> 'held'
            """)
        _ = try await cluster.psql(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE query LIKE 'LISTEN "sayiir_\(options.schema)"%'
            """)
        let executors =
            "SELECT string_agg(id, ',' ORDER BY id) FROM \(options.schema).instances WHERE lease_executor = 'one'"
        try await waitUntil { try await cluster.psql(executors) == "held,other" }
        try await client.signal("s", to: "held", payload: 2)
        await backend.release(lease)
        #expect(try await cluster.psql(executors) == "other")
    }
}
