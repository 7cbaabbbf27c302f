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

    @Test(arguments: BackendConformance.sharedChecks)
    func conforms(to check: BackendConformance.SharedCheck) async throws {
        try await check.run {
            var options = TestStore.options()
            // Long enough that a busy machine renews in time, and short enough to wait for.
            options.leaseDuration = .seconds(3)
            options.pollInterval = .milliseconds(200)
            return SharedStore(leaseDuration: options.leaseDuration) { [options] in
                try await TestStore.connect(options)
            } cutOff: {
                ($0 as? PostgresBackend)?.close()
            }
        }
    }
}
