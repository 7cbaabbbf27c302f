/// One state transition of one workflow instance: what happened, when, by whom, and why.
///
/// An instance's state is the fold over its events in the order of their `revision`. The binary form
/// (see `docs/sayiir.proto`) leaves out `instance` and `time`: whatever stores an event keeps these two beside it,
/// as the key and the timestamp of its record.
public struct Event: Hashable, Sendable {
    /// The instance that this happened to.
    public var instance: InstanceID
    /// The event's number within its instance, from 1, without gaps.
    public var revision: UInt64
    /// When it happened, on the clock of the engine that recorded it.
    public var time: Timestamp
    /// Who caused it, where that is known: a user for a cancellation, for example. `nil` means the engine itself.
    public var actor: String?
    /// Why, where a reason was given.
    public var reason: String?
    /// What happened.
    public var body: Body

    /// Describes a state transition.
    public init(
        instance: InstanceID, revision: UInt64, time: Timestamp, actor: String? = nil, reason: String? = nil,
        body: Body
    ) {
        self.instance = instance
        self.revision = revision
        self.time = time
        self.actor = actor
        self.reason = reason
        self.body = body
    }
}

/// An event together with its place in the store that holds it.
public struct RecordedEvent: Hashable, Sendable {
    /// The event's number among all events of the store, from 1; the order in which they became durable.
    public var sequence: UInt64
    /// The event.
    public var event: Event

    /// Pairs an event with its place.
    public init(sequence: UInt64, event: Event) {
        self.sequence = sequence
        self.event = event
    }
}
