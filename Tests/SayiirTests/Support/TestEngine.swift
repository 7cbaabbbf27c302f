import Sayiir
import SayiirTesting

/// An engine on a log on a disk in memory: the disk outlives it.
func openEngine(
    on disk: InMemoryFileSystem = InMemoryFileSystem(), clock: any EngineClock = VirtualClock(),
    options: EngineOptions = EngineOptions()
) async throws -> Engine {
    var options = options
    options.clock = clock
    options.executor = "tester"
    return Engine(backend: try await openLog(disk), options: options)
}

extension Engine {
    /// Closes the log that the engine was given, so that another engine can open it.
    func closeLog() async throws { try await (backend as? LogBackend)?.close() }
}

/// What an error says; empty if there is none.
func text(of error: (any Error)?) -> String { error.map { "\($0)" } ?? "" }
