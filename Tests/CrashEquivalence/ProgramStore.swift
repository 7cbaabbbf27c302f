package import Sayiir
internal import SayiirTesting

/// A store that programs run on, and that outlives the processes which use it.
package protocol ProgramStore: Sendable {
    /// What it is called in reports.
    var name: String { get }
    /// Whether an engine may run as a service on it, by the time of the programs' clock.
    var canServe: Bool { get }

    /// The store as a process has it that has just begun.
    func open() async throws -> any Backend

    /// Ends what a process had of the store.
    ///
    /// - Parameter isCrash: Whether the process crashed.
    func close(_ backend: any Backend, isCrash: Bool) async throws
}

extension ProgramStore {
    /// It may.
    package var canServe: Bool { true }
}

/// A store in memory, which an engine gives up and another one takes over.
package struct MemoryProgramStore: ProgramStore {
    private let backend = InMemoryBackend()

    /// An empty store.
    package init() {}

    package var name: String { "memory" }
    package func open() async throws -> any Backend { backend }
    package func close(_ backend: any Backend, isCrash: Bool) async throws {}
}

/// A log on a simulated disk, of which a crash keeps what was synced and some of the rest.
package actor LogProgramStore: ProgramStore {
    package nonisolated let name = "log"
    private var disk = InMemoryFileSystem()
    private var random: SplitMix64

    /// An empty log.
    ///
    /// - Parameter seed: Decides what crashes keep.
    package init(seed: UInt64) { random = SplitMix64(seed: seed) }

    package func open() async throws -> any Backend {
        var options = LogOptions()
        // Long segments would take more time than all else.
        options.firstSegmentBytes = 4 * 1024
        options.segmentBytes = 4 * 1024
        options.idleDelay = .seconds(3600)
        options.snapshotBytes = 1500
        return try await LogBackend.open(directory: "programs", options: options, fileSystem: disk)
    }

    package func close(_ backend: any Backend, isCrash: Bool) async throws {
        if isCrash { disk = disk.crash(using: &random) }
        do {
            try await (backend as? LogBackend)?.close()
        } catch {
            // What the log of a process that crashed says has no meaning.
            if !isCrash { throw error }
        }
    }
}
