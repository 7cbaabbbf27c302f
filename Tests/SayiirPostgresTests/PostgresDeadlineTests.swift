import Sayiir
import SayiirPostgres
import TestSupport
import Testing

@Suite("Deadlines on PostgreSQL")
struct PostgresDeadlineTests {
    @Test("A worker ends runs at their deadlines: one that waits, one that works, one that nobody ran before")
    func deadlines() async throws {
        let store = TestStore.options()
        let calls = Calls()
        let waiting = try Flow("waiting", input: Int.self).waitForSignal("go", of: Int.self).build()
        let working = try Flow("working", input: Int.self).then(hanging("hang", calls)).build()
        let client = WorkflowClient(backend: try await TestStore.connect(store))
        try await client.submit(working, id: "too late", input: 1, deadline: .zero)
        let engine = try await worker("one", store, waiting)
        try engine.register(working)
        try await serving([engine]) {
            try await client.submit(waiting, id: "waiting", input: 1, deadline: .milliseconds(500))
            try await client.submit(working, id: "working", input: 1, deadline: .milliseconds(500))
            for (id, workflow) in [("waiting", waiting), ("working", working), ("too late", working)] {
                let status = try await client.waitForCompletion(of: InstanceID(id), as: workflow)
                #expect(status.error?.type == "DeadlineExceeded", "\(id)")
            }
        }
        #expect(calls.count("hang") <= 1)
    }
}
