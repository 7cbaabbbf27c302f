internal import SayiirEvents
internal import SayiirLog

/// The events of a log as NDJSON. One segment's frames are in memory at a time, not more.
struct EventExport {
    /// The instances that are wanted; empty for all.
    var instances: Set<InstanceID>
    var filter: EventFilter

    /// The last wanted record was read: what follows need not be.
    private struct Done: Error {}

    /// - Returns: How many events were written.
    func write(_ log: LogSource, _ problems: Problems, _ style: Style, to output: Output) throws -> UInt64 {
        var count: UInt64 = 0
        var missing = filter.sequences == 0...UInt64.max ? instances : []
        do {
            problems.assessment = try log.verify(
                only: instances.isEmpty ? nil : instances.map(\.rawValue),
                after: max(1, filter.sequences.lowerBound) - 1
            ) { frame in
                guard frame.firstSequence <= filter.sequences.upperBound else { throw Done() }
                guard filter.mayAccept(from: frame.firstSequence, count: frame.recordCount) else { return }
                try frame.forEachRecord { record in
                    guard instances.isEmpty || instances.contains(InstanceID(record.key)) else { return }
                    missing.remove(InstanceID(record.key))
                    let entry = LogEntry(record, in: frame)
                    guard filter.accepts(entry) else { return }
                    if case .unreadable = entry.content { try problems.note(entry, in: log.directory) }
                    guard case .event = entry.content else { return }
                    try output.line(entry.json(style))
                    count += 1
                }
            }
        } catch is Done {}
        if let unknown = missing.min() { throw try log.unknownInstance(unknown.rawValue) }
        return count
    }
}
