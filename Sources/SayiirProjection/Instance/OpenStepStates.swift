/// The steps of a ``StepTable`` that have not completed, in the order in which they began.
public struct OpenStepStates: Sequence, IteratorProtocol, Sendable {
    private var places: OpenSteps.Places
    private let entries: [StepState]

    init(places: OpenSteps.Places, entries: [StepState]) {
        self.places = places
        self.entries = entries
    }

    /// The next step; `nil` after the last one.
    public mutating func next() -> StepState? { places.next().map { entries[$0] } }
}
