package import SayiirLog

/// How far a catalogue has come.
public struct CatalogueProgress: Sendable {
    /// The last sequence that was taken in.
    public let sequence: UInt64
    /// The frame that holds it.
    package let frame: Frame
}
