import Sayiir
import SayiirPostgres
import SayiirTesting
import Testing

@Suite("Signals on PostgreSQL") struct SignalNameTests {
    @Test("A signal that must exist is found if its name has a character that PostgreSQL keeps no text with")
    func mustExist() async throws {
        let engine = Engine(backend: try await TestStore.connect())
        let workflow = try Flow("w", input: Int.self).waitForSignal("a\u{0}b", of: Int.self).build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let receipt = try await engine.client.signal("a\u{0}b", to: "i", payload: 7, mustExist: true)
        #expect(receipt.isRecorded)
        #expect(try await engine.resume(workflow, id: "i").output == 7)
    }
}
