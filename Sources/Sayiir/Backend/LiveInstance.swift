import SayiirEvents
import SayiirProjection

/// An instance in memory: its state, and from where on its records are needed.
///
/// One that comes from a snapshot stays as it was encoded there until somebody has to do with it: most of what waits, waits
/// for long, and opening a log need not look at it.
struct LiveInstance: Sendable {
    let id: InstanceID
    /// The revision of the last event that is in the state.
    private(set) var revision: UInt64 = 0
    /// The sequence with which the current run began.
    private(set) var firstSequence: UInt64 = 0
    /// The state's encoding; empty once it is decoded. Shares the memory of what it was read from.
    private var encoded: ArraySlice<UInt8> = []
    /// The state, once it is decoded. At most one; an array, because it is as small as a pointer and changed in place.
    private var decoded: [InstanceState] = []

    /// An instance whose first event is about to be applied.
    init(_ id: InstanceID) {
        self.id = id
        decoded = [InstanceState(id)]
    }

    /// The fold of a history; `nil` if it is empty.
    init?(folding history: [RecordedEvent]) {
        guard let first = history.first else { return nil }
        self.init(first.event.instance)
        for recorded in history { apply(recorded.event, sequence: recorded.sequence) }
    }

    /// Whether its run has ended. One that is still encoded had not.
    var isEnded: Bool { decoded.first?.phase.isEnded ?? false }

    /// The state, if it is decoded.
    var state: InstanceState? { decoded.first }

    /// Decodes the state, once.
    mutating func decode() throws(StateDecodingError) {
        guard decoded.isEmpty else { return }
        decoded = [try InstanceState(decoding: encoded)]
        encoded = []
    }

    /// Applies an event to the state, which is decoded.
    mutating func apply(_ event: Event, sequence: UInt64) {
        let run = decoded[0].run
        decoded[0].apply(event)
        revision = decoded[0].revision
        if decoded[0].run != run || firstSequence == 0 { firstSequence = sequence }
    }

    /// The highest fencing epoch in the state, if it is decoded.
    var leaseEpoch: UInt64 { decoded.first?.leaseEpoch ?? 0 }
}

// MARK: Snapshots

extension LiveInstance {
    private static let prefixBytes = 16

    /// Takes the payload of a snapshot's entry; `nil` if it is too short for one.
    init?(_ id: InstanceID, restoring payload: ArraySlice<UInt8>) {
        guard payload.count > Self.prefixBytes else { return nil }
        self.id = id
        firstSequence = payload.prefix(8).littleEndianNumber
        revision = payload.dropFirst(8).prefix(8).littleEndianNumber
        encoded = payload.dropFirst(Self.prefixBytes)
    }

    /// Appends the payload of a snapshot's entry.
    func encode(into output: inout [UInt8]) {
        output.appendLittleEndianNumber(firstSequence)
        output.appendLittleEndianNumber(revision)
        if let state = decoded.first { state.encode(into: &output) } else { output += encoded }
    }
}

extension Collection<UInt8> {
    /// Up to eight bytes as a number, the lowest first.
    var littleEndianNumber: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

extension [UInt8] {
    mutating func appendLittleEndianNumber(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
