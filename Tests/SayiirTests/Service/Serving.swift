import Sayiir

/// Runs an engine as a service while `body` works, then cancels it.
func serving(_ engine: Engine, _ body: () async throws -> Void) async throws {
    let service = Task { try await engine.run() }
    do {
        try await body()
    } catch {
        service.cancel()
        throw error
    }
    service.cancel()
    try? await service.value
}
