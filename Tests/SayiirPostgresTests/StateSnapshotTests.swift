import PostgresCluster
import Sayiir
import SayiirEvents
import SayiirPostgres
import SayiirProjection
import TestSupport
import Testing

@Suite("States of long histories in PostgreSQL")
struct StateSnapshotTests {
    @Test("a long history's state is kept, used by others, and done without if it is damaged")
    func snapshots() async throws {
        let options = TestStore.options()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        for number in 0..<600 { try await client.signal("s", to: "long", payload: number) }
        let expected = InstanceState(folding: try await client.history(of: "long").map(\.event))
        #expect(expected?.revision == 600)
        let cluster = try await PostgresCluster.shared
        try await waitUntil {
            try await cluster.psql("SELECT revision >= 512 FROM \(options.schema).snapshots") == "t"
        }
        #expect(try await TestStore.connect(options).state(of: "long") == expected)
        // A state that the events do not give shows that they were not read.
        var other = InstanceState("long")
        for number in 0..<600 {
            let signal = Event.SignalReceived(signal: "t", payload: Payload(codec: "json", bytes: []))
            let time = Timestamp(nanosecondsSinceEpoch: Int64(number))
            other.apply(
                Event(instance: "long", revision: UInt64(number + 1), time: time, body: .signalReceived(signal)))
        }
        var bytes: [UInt8] = []
        other.encode(into: &bytes)
        let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        _ = try await cluster.psql(
            "UPDATE \(options.schema).snapshots SET revision = 600, state = decode('\(digits)', 'hex')")
        #expect(try await TestStore.connect(options).state(of: "long") == other)
        for damage in ["state = '\\x00'", "encoding = 77", "state = ''"] {
            _ = try await cluster.psql("UPDATE \(options.schema).snapshots SET \(damage)")
            #expect(try await TestStore.connect(options).state(of: "long") == expected)
        }
    }
}
