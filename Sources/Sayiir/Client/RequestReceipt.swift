public import SayiirProjection

/// The result of a request to cancel, pause or unpause an instance, or of a decision about a step in doubt.
public struct RequestReceipt: Hashable, Sendable {
    /// A Boolean value that indicates whether the request was recorded; false if the same was asked for already.
    public var isRecorded: Bool
    /// What the instance was doing when the call returned. A request to cancel or pause has taken effect if no executor runs the
    /// instance; otherwise it takes effect between two steps.
    public var status: InstanceStatus
    /// A Boolean value that indicates whether a running service serves the instance: if not, it does not go on by itself. `nil` if no
    /// service runs on the backend, as far as the client knows: then the program resumes the instance itself.
    public var isServed: Bool?
}
