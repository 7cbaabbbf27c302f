internal import Sayiir
internal import SayiirEvents
internal import SayiirLog

/// Events of one instance that are to be appended, and what its row says then.
struct AppendRequest: Sendable {
    var instance: InstanceID
    var firstRevision: UInt64
    var events: [StoredEvent]
    /// The epoch of the lease under which it is made; `nil` if it is made by somebody else than who runs the instance.
    var epoch: UInt64?
    var row: InstanceRow
    /// Whether it begins a run, so that the instance's priority is to be what the submission says.
    var submits: Bool

    var lastRevision: UInt64 { firstRevision + UInt64(events.count) - 1 }

    /// About how many bytes it is.
    var byteCount: Int { events.reduce(512) { $0 + $1.data.count } }

    /// An event as it is stored.
    struct StoredEvent: Sendable, Equatable {
        var revision: UInt64
        var kind: UInt32
        var time: Timestamp
        var data: [UInt8]

        init(_ event: Event) {
            revision = event.revision
            kind = event.body.kindNumber
            time = event.time
            data = []
            event.encode(into: &data)
        }
    }

    init(_ events: [Event], _ first: Event, lease: Lease?, row: InstanceRow) {
        instance = first.instance
        firstRevision = first.revision
        self.events = events.map { StoredEvent($0) }
        epoch = lease?.epoch
        self.row = row
        submits = events.contains { if case .submitted = $0.body { true } else { false } }
    }
}

extension Event.Body {
    /// The number of the kind in the published schema.
    var kindNumber: UInt32 {
        if case .unknown(let body) = self { body.kind } else { kind?.rawValue ?? 0 }
    }
}
