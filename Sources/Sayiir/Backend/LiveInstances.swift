import SayiirEvents
import SayiirLog
import SayiirProjection

/// What opening a log gathers of its instances: those that are live, from a snapshot and the events behind it.
///
/// A snapshot is not of one moment: it covers a sequence, and may have later events in it. Revisions tell which.
struct LiveInstances: Sendable {
    /// Those that are packed.
    private(set) var parked = ParkedInstances()
    /// Those that events were met of lately.
    private var recent: [InstanceID: LiveInstance] = [:]
    /// Instances that had ended before what was read, and of which events were met: only their whole history tells.
    private(set) var unfinished: Set<InstanceID> = []
    /// The highest fencing epoch that was met.
    private(set) var lastEpoch: UInt64 = 0

    /// How many instances are held as they are: each takes some thousand bytes.
    private static let recentLimit = 16_384

    /// Takes an event into account.
    mutating func add(_ event: Event, sequence: UInt64) {
        let id = event.instance
        if unfinished.contains(id) { return noteEpoch(of: event) }
        guard event.revision > (parked.packed[id]?.revision ?? 0) else { return }
        // Its checksum was right; but if it cannot be unpacked, the history tells what the snapshot does not.
        guard takeOut(id) || event.revision == 1 else {
            unfinished.insert(id)
            return noteEpoch(of: event)
        }
        change(id) { instance in
            guard event.revision > instance.revision else { return }
            instance.apply(event, sequence: sequence)
        }
        if recent.count > Self.recentLimit { park() }
    }

    /// Sees to it that an instance which is known is not packed; false if none is known that can be read.
    private mutating func takeOut(_ id: InstanceID) -> Bool {
        if recent[id] != nil { return true }
        guard case .instance(let instance) = parked.take(id) else { return false }
        recent[id] = instance
        return true
    }

    private mutating func change(_ id: InstanceID, _ change: (inout LiveInstance) -> Void) {
        change(&recent[id, default: LiveInstance(id)])
        guard let instance = recent[id] else { return }
        lastEpoch = max(lastEpoch, instance.leaseEpoch)
        if instance.isEnded { recent[id] = nil }
    }

    /// Packs all that is not.
    mutating func park() {
        for instance in recent.values { parked.park(instance) }
        recent.removeAll(keepingCapacity: true)
    }

    /// Settles an instance by its whole history.
    mutating func settle(_ id: InstanceID, by history: [RecordedEvent]) {
        unfinished.remove(id)
        guard let instance = LiveInstance(folding: history) else { return }
        lastEpoch = max(lastEpoch, instance.leaseEpoch)
        if !instance.isEnded { parked.park(instance) }
    }

    private mutating func noteEpoch(of event: Event) {
        var probe = InstanceState(event.instance)
        probe.apply(event)
        lastEpoch = max(lastEpoch, probe.leaseEpoch)
    }
}

// MARK: Snapshots

extension LiveInstances {
    /// The encoding of a snapshot's entries: of the kinds below, and of states. A snapshot of another version is not used.
    ///
    /// It also stands for what a rest means: whoever changes what executors do with an instance that waits raises it, so that all are
    /// looked at again.
    static let contentVersion: UInt32 = 3 << 16 | InstanceState.encodingVersion

    /// An entry with a live instance; the key is its id.
    private static let instanceKind = RecordKind(rawValue: 16)
    /// The entry with what is known of all instances together.
    private static let totalsKind = RecordKind(rawValue: 17)
    /// An entry with a sample, before the instances that are compressed with it.
    private static let sampleKind = RecordKind(rawValue: 18)

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
        case Self.instanceKind:
            guard let instance = PackedInstance(restoring: entry.payload) else {
                throw unreadable("an instance of \(entry.payload.count) bytes")
            }
            parked.restore(instance, as: id)
        case Self.totalsKind:
            guard entry.payload.count == 16 else { throw unreadable("totals of \(entry.payload.count) bytes") }
            lastEpoch = max(lastEpoch, entry.payload.prefix(8).littleEndianNumber)
            // Room is made once; but what is only said takes no more than it would cost to read.
            parked.reserve(Int(min(entry.payload.suffix(8).littleEndianNumber, 1 << 21)))
        case Self.sampleKind:
            guard parked.restore(sample: entry.payload) else {
                throw unreadable("a sample of \(entry.payload.count) bytes")
            }
        default:
            throw unreadable("an entry of kind \(entry.kind.rawValue)")
        }
    }

    /// Writes the entries of a snapshot.
    static func write(_ capture: LedgerCapture, into entries: inout SnapshotEntries) throws(LogError) {
        try entries.append(kind: totalsKind, key: "") {
            $0.appendLittleEndianNumber(capture.lastEpoch)
            $0.appendLittleEndianNumber(UInt64(capture.parked.count + capture.others.count))
        }
        var samples = capture.samples
        let others = capture.others.map { (key: $0.state.id, value: PackedInstance($0, with: &samples)) }
        for (number, sample) in samples.all {
            try entries.append(kind: sampleKind, key: "") { StateSamples.encode(number, sample, into: &$0) }
        }
        for instances in [capture.parked, others] {
            for (id, instance) in instances {
                try entries.append(kind: instanceKind, key: id.rawValue) { $0 += instance.bytes }
            }
        }
    }
}
