internal import SayiirEvents
internal import SayiirLog
internal import SayiirPostgres

/// Moves all instances of a log's directory into PostgreSQL, or back. The old store is closed then.
package struct Migration: Repair {
    /// Which way.
    package enum Direction: Sendable {
        /// Out of the directory, and of archives of its segments.
        case toPostgres(archives: [String])
        /// Into the directory.
        case fromPostgres
    }

    package var direction: Direction
    package var address: StoreAddress

    /// Names the store and the way.
    package init(_ direction: Direction, _ address: StoreAddress) {
        self.direction = direction
        self.address = address
    }

    package func run(on log: LogSource, _ console: Console) async throws -> ExitStatus {
        let store = try PostgresStoreReader.name(of: address.url, schema: address.schema)
        let (progress, continuation) = AsyncStream.makeStream(
            of: Progress.self, bufferingPolicy: .bufferingNewest(1))
        let moving = Task { [self, directory = log.directory] in
            defer { continuation.finish() }
            return try await move(directory) { continuation.yield(Progress(done: $0, total: $1)) }
        }
        for await step in progress { console.meter?.advance(to: step.done, of: step.total, .moving) }
        console.meter?.clear()
        let text = MigrationText(
            report: try await moving.value, direction: direction, directory: log.directory, store: store)
        if console.style.isJSON {
            try console.output.line(text.json)
        } else {
            for line in text.lines(console.style) { try console.output.line(line) }
        }
        return .clean
    }

    private struct Progress: Sendable {
        var done: UInt64
        var total: UInt64
    }

    private func move(
        _ directory: String, _ progress: @escaping @Sendable (UInt64, UInt64) -> Void
    ) async throws -> StoreMove.Report {
        var options = PostgresOptions()
        options.schema = address.schema
        options.statementTimeout = .seconds(300)
        switch direction {
        case .toPostgres(let archives):
            return try await StoreMove.toPostgres(
                from: directory, archives: archives, to: address.url, options: options, progress: progress)
        case .fromPostgres:
            let target = try WriteTarget(protecting: []).approve(directory, for: .newLog)
            return try await StoreMove.toDirectory(
                from: address.url, options: options, to: target, progress: progress)
        }
    }
}

/// What `migrate` says when it is done.
struct MigrationText {
    var report: StoreMove.Report
    var direction: Migration.Direction
    var directory: String
    var store: String

    private var isToPostgres: Bool { if case .toPostgres = direction { true } else { false } }
    private var from: String { isToPostgres ? directory : store }
    private var to: String { isToPostgres ? store : directory }

    func lines(_ style: Style) -> [String] {
        let what =
            "\(counted(report.instanceCount, "instance")) with \(counted(report.eventCount, "event")) and "
            + counted(report.definitionCount, "definition")
        var lines = [
            report.wasThere
                ? "\(what) had been moved before; what was left to do is done."
                : style.paint("Moved", .green) + " \(what)."
        ]
        lines += fieldLines("from", "\(safe(from)): closed, it refuses to be changed and says where it went", style)
        lines += fieldLines("to", safe(to), style)
        lines += fieldLines("digest", report.digest, style)
        lines += fieldLines("", "the same on both sides when they were read again", style)
        return lines
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("from", from)
        writer.member("to", to)
        writer.member("instances", report.instanceCount)
        writer.member("events", report.eventCount)
        writer.member("definitions", report.definitionCount)
        writer.member("digest", report.digest)
        writer.member("was_there", report.wasThere)
        writer.member("closed", from)
        writer.endObject()
        return writer.text
    }
}
