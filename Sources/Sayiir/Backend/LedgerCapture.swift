import SayiirEvents
import SayiirLog

/// What a snapshot is made of.
struct LedgerCapture: Sendable {
    /// All events up to here are in the states, and some later ones.
    var position: LogPosition
    /// The instances that are packed.
    var parked: [(key: InstanceID, value: PackedInstance)]
    /// What those are compressed with.
    var samples: StateSamples
    /// The other live instances.
    var others: [LiveInstance] = []
    var lastEpoch: UInt64

    /// The sequence from which records are needed by what is live.
    var neededFrom: UInt64 {
        let first = parked.reduce(position.sequence + 1) { min($0, $1.value.firstSequence) }
        return others.reduce(first) { min($0, $1.firstSequence) }
    }
}
