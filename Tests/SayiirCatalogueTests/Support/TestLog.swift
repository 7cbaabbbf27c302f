import Foundation
import SayiirEvents
import SayiirLog
import SayiirTesting

@testable import SayiirCatalogue

/// A log in memory and a catalogue of it in a temporary directory.
final class TestLog {
    let disk: InMemoryFileSystem
    let folder: URL
    private var writer: LogWriter?
    private let seed: UInt64

    init(disk: InMemoryFileSystem = InMemoryFileSystem(), seed: UInt64 = 7) throws {
        self.disk = disk
        self.seed = seed
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sayiir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appendingPathComponent("log.catalogue").path }

    var catalogue: Catalogue { Catalogue(of: LogReader(directory: "log", fileSystem: disk), path: path) }

    /// Opens the log if it is not, and appends so many events at a time.
    func append(_ events: some Collection<Event>, perCommit: Int = 2, sealing: Bool = false) async throws {
        let writer = try await opened(sealing: sealing)
        var rest = events[...]
        while !rest.isEmpty {
            var batch = RecordBatch()
            for event in rest.prefix(perCommit) {
                try batch.append(
                    kind: .event, key: event.instance.rawValue, timestamp: event.time.nanosecondsSinceEpoch
                ) { event.encode(into: &$0) }
            }
            rest = rest.dropFirst(perCommit)
            try await writer.append(batch)
        }
    }

    func append(_ batch: RecordBatch) async throws { try await opened().append(batch) }

    private func opened(sealing: Bool = false) async throws -> LogWriter {
        if let writer { return writer }
        var options = LogOptions()
        options.firstSegmentBytes = 64 * 1024
        options.segmentBytes = 64 * 1024
        options.idleDelay = .seconds(3600)
        options.sealsSegments = sealing
        options.makeLogID = { [seed] in
            var generator = SayiirTesting.SplitMix64(seed: seed)
            return LogID(using: &generator)
        }
        let writer = try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
        self.writer = writer
        return writer
    }

    func close() async throws {
        try await writer?.close()
        writer = nil
    }
}
