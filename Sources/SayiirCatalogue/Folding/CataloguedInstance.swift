internal import SayiirEvents
internal import SayiirProjection

/// An instance while its events are taken in: its state, and what the catalogue knows of it beside that.
struct CataloguedInstance: Sendable {
    /// The instance's row.
    let number: Int64
    var state: InstanceState
    /// Whether the catalogue has a row of it.
    var isStored: Bool
    /// Whether it changed since it was stored.
    var isChanged = false
    /// The sequence of its first event.
    let firstSequence: UInt64
    /// The sequence of its last event so far.
    var lastSequence: UInt64
    /// Where the batch has the attempts that the last events were about, the latest one last.
    var attemptPlaces: [Int] = []
    /// Of which places those are: they mean nothing in another generation.
    var attemptGeneration: UInt64 = 0
}
