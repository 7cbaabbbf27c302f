internal import SayiirEvents
internal import SayiirLog

/// Where the log's bytes are: in which files, in which types of event, in which instances.
///
/// Reads the log twice. Of an instance it keeps sixteen bytes meanwhile, however long its id.
package struct SpaceInspection: Inspection {
    /// How many of the largest instances are named.
    package var count = 10

    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        // Retention may take a segment away while it is read: then it is read again, from the beginning.
        for _ in 0..<Self.mostLooks {
            do {
                return try look(at: log, console)
            } catch LogError.fileSystem(let error) where error.isMissingFile && error.path != log.directory {
                continue
            }
        }
        return try look(at: log, console)
    }

    private static let mostLooks = 4

    private func look(at log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        var use = SpaceUse(directory: log.directory)
        use.files = try log.reader.files()
        var instances = KeyTallies()
        problems.assessment = try log.verify { frame in
            use.add(frame)
            frame.forEachRecord { record in
                let entry = LogEntry(record, in: frame)
                if case .unreadable = entry.content { problems.count() }
                use.add(entry)
                if record.kind == .event { instances.add(record.key, record.byteCount) }
            }
        }
        use.finish()
        use.instanceCount = instances.count
        use.largest = try exactTallies(of: instances.largest(count), in: log)
        if console.style.isJSON {
            try console.output.line(use.json)
        } else {
            for line in use.lines(console.style) { try console.output.line(line) }
        }
        return try problems.conclude()
    }

    /// Counts the candidates by their ids.
    private func exactTallies(
        of hashes: Set<UInt64>, in log: LogSource
    ) throws -> [(instance: String, tally: Tally)] {
        guard !hashes.isEmpty else { return [] }
        var tallies: [InstanceID: Tally] = [:]
        _ = try log.verify { frame in
            frame.forEachRecord { record in
                guard record.kind == .event, hashes.contains(KeyTallies.hash(of: record.key)) else { return }
                tallies[InstanceID(record.key), default: Tally()].add(record.byteCount)
            }
        }
        let sorted = tallies.map { (instance: $0.key, tally: $0.value) }
            .sorted { ($1.tally.bytes, $0.instance) < ($0.tally.bytes, $1.instance) }
        return sorted.prefix(count).map { ($0.instance.rawValue, $0.tally) }
    }
}
