import SayiirEvents
import SayiirLog

/// Where an ``InstanceLedger`` keeps events.
protocol EventStorage: Sendable {
    /// Whether the states of ended instances stay in memory; if not, they are folded again from their history.
    static var keepsEndedStates: Bool { get }

    /// Appends events of one instance; returns the first one's sequence once they are durable.
    nonisolated(nonsending) func append(_ events: [Event]) async throws(BackendError) -> UInt64

    /// The durable events of an instance behind a sequence, oldest first.
    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent]

    /// Whether there may be events of an instance that the ledger does not know; false is certain. Does not block.
    func mayHold(_ instance: InstanceID) -> Bool

    /// Where storage ends; `nil` if it is not a log.
    var position: LogPosition? { get }
}
