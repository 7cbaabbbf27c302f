import Sayiir
import SayiirPostgres
import SayiirTesting
import Testing

@Suite("PostgresBackend keeps the contract of every backend")
struct PostgresContractTests {
    @Test(arguments: BackendConformance.checks)
    func conforms(to check: BackendConformance.Check) async throws {
        try await check.run { try await TestStore.connect() }
    }
}
