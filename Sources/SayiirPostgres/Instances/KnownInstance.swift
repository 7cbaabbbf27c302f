internal import SayiirEvents
internal import SayiirProjection

/// What this process knows of one instance. A class, for ``InstanceStore`` alone: a state is changed in place then.
final class KnownInstance {
    /// The state as of the last event that this process has seen; `nil` if it has to be read, or if there is none.
    var state: InstanceState?
    /// The revision of the snapshot in the store, as far as this process knows.
    var snapshotRevision: UInt64 = 0
    /// Whether somebody is about to read or append.
    var isTurnTaken = false
    /// Those who wait for that, in the order of their arrival.
    var waiting: [CheckedContinuation<Void, Never>] = []

    /// Whether so much has happened since the last snapshot that another one saves more than it costs: their cost stays a
    /// constant factor, however long the history grows.
    var isSnapshotDue: Bool {
        guard let revision = state?.revision else { return false }
        return revision - min(snapshotRevision, revision) >= max(Self.snapshotInterval, snapshotRevision / 2)
    }

    /// How many events are read at most without a snapshot.
    private static let snapshotInterval: UInt64 = 256
}
