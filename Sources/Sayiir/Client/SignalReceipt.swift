/// The result of sending a signal.
public struct SignalReceipt: Hashable, Sendable {
    /// A Boolean value that indicates whether the signal was recorded; false if one with the same deduplication id has arrived before.
    public var isRecorded: Bool
    /// A Boolean value that indicates whether a running service serves the instance: if not, the signal waits until one does. `nil` if
    /// nothing was submitted under the id yet, and if no service runs on the backend, as far as the client knows.
    public var isServed: Bool?
}
