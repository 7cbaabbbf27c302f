public import SayiirEvents

/// A step that cannot go on, because a stored value could not be decoded by the program that ran the instance.
public struct StuckStep: Hashable, Sendable {
    /// The activation concerned.
    public var step: Step
    /// The value, and why it could not be decoded.
    public var value: UndecodableValue
    /// The time at which this was recorded.
    public var since: Timestamp
}
