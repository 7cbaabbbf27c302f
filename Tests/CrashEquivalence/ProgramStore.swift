package import Sayiir
internal import SayiirTesting

/// A store that programs run on, and that outlives the processes which use it.
package protocol ProgramStore: Sendable {
    /// What it is called in reports.
    var name: String { get }
    /// The interval at which a service on it asks for work if nothing tells it that there is some; `nil` if it never does.
    var pollInterval: Duration? { get }
    /// How long a look at the store takes, about: nobody looks again before.
    var lookInterval: Duration { get }

    /// The store as a process has it that has just begun.
    func open() async throws -> any Backend

    /// Ends what a process had of the store.
    ///
    /// - Parameter isCrash: Whether the process crashed.
    func close(_ backend: any Backend, isCrash: Bool) async throws

    /// Tells the store the time of the programs' clock, before that stands there.
    ///
    /// - Throws: ``TimeOutOfBounds`` if the store cannot hold it.
    func setTime(_ time: Timestamp) async throws
}

/// A time that a store cannot hold. A program that gets there is not compared.
package struct TimeOutOfBounds: Error {
    /// An error without any details.
    package init() {}
}

extension ProgramStore {
    /// None.
    package var pollInterval: Duration? { nil }
    /// A tenth of a millisecond.
    package var lookInterval: Duration { .microseconds(100) }
    /// Does nothing.
    package func setTime(_ time: Timestamp) {}
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
