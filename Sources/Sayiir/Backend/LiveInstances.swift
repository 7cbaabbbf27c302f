import SayiirEvents
import SayiirLog
import SayiirProjection

/// What opening a log gathers of its instances: those that are live, from a snapshot and the events behind it.
///
/// A snapshot is not of one moment: it covers a sequence, and may have later events in it. Revisions tell which.
struct LiveInstances: Sendable {
    private(set) var live: [InstanceID: LiveInstance] = [:]
    /// Instances that had ended before what was read, and of which events were met: only their whole history tells.
    private(set) var unfinished: Set<InstanceID> = []
    /// The highest fencing epoch that was met.
    private(set) var lastEpoch: UInt64 = 0

    /// Takes an event into account.
    mutating func add(_ event: Event, sequence: UInt64) {
        let id = event.instance
        if unfinished.contains(id) { return noteEpoch(of: event) }
        if let index = live.index(forKey: id) {
            guard event.revision > live.values[index].state.revision else { return }
            live.values[index].apply(event, sequence: sequence)
            lastEpoch = max(lastEpoch, live.values[index].state.leaseEpoch)
            if live.values[index].state.phase.isEnded { live.remove(at: index) }
        } else if event.revision == 1 {
            var instance = LiveInstance(id)
            instance.apply(event, sequence: sequence)
            lastEpoch = max(lastEpoch, instance.state.leaseEpoch)
            if !instance.state.phase.isEnded { live[id] = instance }
        } else {
            unfinished.insert(id)
            noteEpoch(of: event)
        }
    }

    /// Settles an instance by its whole history.
    mutating func settle(_ id: InstanceID, by history: [RecordedEvent]) {
        unfinished.remove(id)
        guard let instance = LiveInstance(folding: history) else { return }
        lastEpoch = max(lastEpoch, instance.state.leaseEpoch)
        if !instance.state.phase.isEnded { live[id] = instance }
    }

    private mutating func noteEpoch(of event: Event) {
        var probe = InstanceState(event.instance)
        probe.apply(event)
        lastEpoch = max(lastEpoch, probe.leaseEpoch)
    }
}

// MARK: Snapshots

extension LiveInstances {
    /// The encoding of a snapshot's entries: of the two kinds below, and of states.
    static let contentVersion: UInt32 = 1 << 16 | InstanceState.encodingVersion

    /// An entry with a live instance; the key is its id.
    private static let instanceKind = RecordKind(rawValue: 16)
    /// The entry with what is known of all instances together.
    private static let totalsKind = RecordKind(rawValue: 17)

    /// Takes in an entry of a snapshot.
    ///
    /// - Throws: ``BackendError/unreadableEvent(instance:sequence:file:offset:reason:)`` if it is not one.
    mutating func restore(_ entry: LogRecord, from directory: String) throws(BackendError) {
        let id = InstanceID(entry.key)
        func unreadable(_ reason: String) -> BackendError {
            .unreadableEvent(
                instance: id, sequence: entry.sequence, file: "a snapshot of \(directory)", offset: nil,
                reason: reason)
        }
        guard entry.payload.count >= 8 else { throw unreadable("an entry of \(entry.payload.count) bytes") }
        let number = entry.payload.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch entry.kind {
        case Self.totalsKind:
            lastEpoch = max(lastEpoch, number)
        case Self.instanceKind:
            do throws(StateDecodingError) {
                let state = try InstanceState(decoding: entry.payload.dropFirst(8))
                live[id] = LiveInstance(state, firstSequence: number)
            } catch {
                throw unreadable("\(error)")
            }
        default:
            throw unreadable("an entry of kind \(entry.kind.rawValue)")
        }
    }

    /// Writes the entries of a snapshot.
    static func write(
        _ instances: [LiveInstance], lastEpoch: UInt64, into entries: inout SnapshotEntries
    ) throws(LogError) {
        try entries.append(kind: totalsKind, key: "") { append(lastEpoch, to: &$0) }
        for instance in instances {
            try entries.append(kind: instanceKind, key: instance.state.id.rawValue) { bytes in
                append(instance.firstSequence, to: &bytes)
                instance.state.encode(into: &bytes)
            }
        }
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
