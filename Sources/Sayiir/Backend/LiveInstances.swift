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
            guard event.revision > live.values[index].revision else { return }
            do throws(StateDecodingError) {
                try live.values[index].decode()
            } catch {
                // Its checksum was right: the history tells what the snapshot does not.
                live.remove(at: index)
                unfinished.insert(id)
                return noteEpoch(of: event)
            }
            live.values[index].apply(event, sequence: sequence)
            lastEpoch = max(lastEpoch, live.values[index].leaseEpoch)
            if live.values[index].isEnded { live.remove(at: index) }
        } else if event.revision == 1 {
            var instance = LiveInstance(id)
            instance.apply(event, sequence: sequence)
            lastEpoch = max(lastEpoch, instance.leaseEpoch)
            if !instance.isEnded { live[id] = instance }
        } else {
            unfinished.insert(id)
            noteEpoch(of: event)
        }
    }

    /// Settles an instance by its whole history.
    mutating func settle(_ id: InstanceID, by history: [RecordedEvent]) {
        unfinished.remove(id)
        guard let instance = LiveInstance(folding: history) else { return }
        lastEpoch = max(lastEpoch, instance.leaseEpoch)
        if !instance.isEnded { live[id] = instance }
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
        switch entry.kind {
        case Self.totalsKind:
            guard entry.payload.count == 8 else { throw unreadable("totals of \(entry.payload.count) bytes") }
            lastEpoch = max(lastEpoch, entry.payload.littleEndianNumber)
        case Self.instanceKind:
            guard let instance = LiveInstance(id, restoring: entry.payload) else {
                throw unreadable("an instance of \(entry.payload.count) bytes")
            }
            live[id] = instance
        default:
            throw unreadable("an entry of kind \(entry.kind.rawValue)")
        }
    }

    /// Writes the entries of a snapshot.
    static func write(
        _ instances: [LiveInstance], lastEpoch: UInt64, into entries: inout SnapshotEntries
    ) throws(LogError) {
        try entries.append(kind: totalsKind, key: "") { $0.appendLittleEndianNumber(lastEpoch) }
        for instance in instances {
            try entries.append(kind: instanceKind, key: instance.id.rawValue) { instance.encode(into: &$0) }
        }
    }
}
