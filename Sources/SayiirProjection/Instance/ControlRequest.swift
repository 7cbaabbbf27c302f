public import SayiirEvents

/// A person's or program's wish to pause or cancel an instance: who, why, and when.
public struct ControlRequest: Hashable, Sendable {
    /// Who asked, where that is known.
    public var actor: String?
    /// Why, where a reason was given.
    public var reason: String?
    /// When the request was recorded.
    public var time: Timestamp

    /// Describes a request.
    public init(actor: String? = nil, reason: String? = nil, time: Timestamp) {
        self.actor = actor
        self.reason = reason
        self.time = time
    }
}
