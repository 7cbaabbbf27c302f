import Sayiir
import SayiirTesting

/// An engine on a log on a disk in memory: the disk outlives it. Every value is decoded between steps.
func openEngine(on disk: InMemoryFileSystem = InMemoryFileSystem(), clock: any EngineClock = VirtualClock())
    async throws -> Engine
{
    var options = EngineOptions.testing
    options.clock = clock
    options.executor = "tester"
    return Engine(backend: try await openLog(disk), options: options)
}
