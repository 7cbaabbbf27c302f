import Sayiir
import SayiirPostgres

/// The options of an executor with a name, and perhaps with tags.
func workerOptions(_ name: String, tags: [String]? = nil) -> EngineOptions {
    var options = EngineOptions()
    options.executor = name
    options.tags = tags
    return options
}

/// An engine on a connection of its own to the store, as in another process.
func worker<Input, Output>(
    _ name: String, _ options: PostgresOptions, _ workflow: Workflow<Input, Output>, tags: [String]? = nil
) async throws -> Engine {
    let engine = Engine(backend: try await TestStore.connect(options), options: workerOptions(name, tags: tags))
    try engine.register(workflow)
    return engine
}

/// Runs engines as services while `body` works, then cancels them.
func serving(_ engines: [Engine], _ body: () async throws -> Void) async throws {
    let services = engines.map { engine in Task { try await engine.run() } }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for service in services { service.cancel() }
    for service in services { try? await service.value }
    try result.get()
}
