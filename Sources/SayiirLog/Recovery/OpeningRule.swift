/// What was found where the valid frames of a log end. See `docs/FORMAT.md`, "Opening rule", for each term.
public struct OpeningEvidence: Hashable, Sendable {
    /// A segment's header block is damaged or does not belong to its name.
    public var headerIsBad: Bool
    /// An earlier segment is damaged, missing, or does not join the next one.
    public var earlierIsBad: Bool
    /// Something durable speaks of a record beyond the end.
    public var isCovered: Bool
    /// The newest file's length is not the one that its header says.
    public var isCut: Bool
    /// What follows the last valid frame of the newest segment.
    public var tail: Tail

    /// What follows the last valid frame.
    public enum Tail: Hashable, Sendable {
        /// Only zeros: never written.
        case zero
        /// Something that is not a valid frame.
        case damaged(isPromised: Bool, isTooLong: Bool, frame: FrameAtEnd)
    }

    /// What stands where the next frame would be.
    public enum FrameAtEnd: Hashable, Sendable, CaseIterable {
        /// Some sector of it was never written.
        case unwritten
        /// It is whole, and does not belong there.
        case inconsistent
        /// Every sector was written, and the content is wrong.
        case unexplained
    }

    /// Evidence of an undamaged log, to start from.
    static let none = OpeningEvidence(
        headerIsBad: false, earlierIsBad: false, isCovered: false, isCut: false, tail: .zero)
}

/// What a log's end is judged to be.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// Nothing is wrong.
    case clean
    /// A commit that nobody was told about was cut by a crash; opening for writing repairs it.
    case torn
    /// Something that was acknowledged is damaged or gone.
    case corrupt
    /// Torn or corrupt: nothing tells which.
    case ambiguous
}

/// The decision table by which a log is opened, row by row as in `docs/FORMAT.md`.
///
/// Every possible evidence matches exactly one row; a test goes through all of them.
public enum OpeningRule: Int, Hashable, Sendable, CaseIterable {
    case headerIsBad = 1
    case earlierIsBad
    case coveredBeyondEnd
    case fileIsCut
    case nothingFollows
    case promisedBeyondEnd
    case damageIsTooLong
    case frameIsInconsistent
    case frameIsUnwritten
    case frameIsUnexplained

    /// The rule that decides about `evidence`.
    public init(deciding evidence: OpeningEvidence) {
        // Exactly one row matches; were a gap ever introduced, refusing is the answer that loses nothing.
        self = Self.allCases.first { $0.matches(evidence) } ?? .frameIsUnexplained
    }

    /// What the rule decides.
    public var verdict: Verdict {
        switch self {
        case .nothingFollows: .clean
        case .frameIsUnwritten: .torn
        case .frameIsUnexplained: .ambiguous
        case .headerIsBad, .earlierIsBad, .coveredBeyondEnd, .fileIsCut, .promisedBeyondEnd, .damageIsTooLong,
            .frameIsInconsistent:
            .corrupt
        }
    }

    /// Why, as the end of a sentence that starts with the verdict.
    public var explanation: String {
        switch self {
        case .headerIsBad: "a segment's header is damaged or does not belong to its name"
        case .earlierIsBad: "a segment before the newest is damaged, missing, or does not join the next"
        case .coveredBeyondEnd: "the log is known to go on beyond its last readable frame"
        case .fileIsCut: "the newest file does not have the length that it was made with"
        case .nothingFollows: "nothing follows the last frame"
        case .promisedBeyondEnd: "a later frame says that the damaged part was durable"
        case .damageIsTooLong: "the damage is longer than one crash can make it"
        case .frameIsInconsistent: "a whole frame stands where it does not belong"
        case .frameIsUnwritten: "a part of the last commit never reached the disk, and nobody was told that it had"
        case .frameIsUnexplained: "the last commit was written whole and is damaged, or was torn within a sector"
        }
    }

    /// Whether the table's row applies.
    func matches(_ evidence: OpeningEvidence) -> Bool {
        let row = self.row
        guard row.headerIsBad.accepts(evidence.headerIsBad), row.earlierIsBad.accepts(evidence.earlierIsBad),
            row.isCovered.accepts(evidence.isCovered), row.isCut.accepts(evidence.isCut)
        else { return false }
        switch (row.tail, evidence.tail) {
        case (.any, _), (.zero, .zero): return true
        case (.damaged(let promised, let tooLong, let frame), .damaged(let isPromised, let isTooLong, let found)):
            return promised.accepts(isPromised) && tooLong.accepts(isTooLong) && (frame == nil || frame == found)
        case (.zero, .damaged), (.damaged, .zero): return false
        }
    }

    private enum Condition {
        case yes, no, any

        func accepts(_ value: Bool) -> Bool {
            switch self {
            case .yes: value
            case .no: !value
            case .any: true
            }
        }
    }

    private enum TailCondition {
        case any, zero
        case damaged(promised: Condition, tooLong: Condition, frame: OpeningEvidence.FrameAtEnd?)
    }

    private struct Row {
        var headerIsBad: Condition
        var earlierIsBad: Condition
        var isCovered: Condition
        var isCut: Condition
        var tail: TailCondition

        init(_ header: Condition, _ earlier: Condition, _ covered: Condition, _ cut: Condition, _ tail: TailCondition) {
            headerIsBad = header
            earlierIsBad = earlier
            isCovered = covered
            isCut = cut
            self.tail = tail
        }
    }

    // swift-format-ignore
    private var row: Row {
        switch self {
        //                              header earlier covered cut  tail
        case .headerIsBad:          Row(.yes,  .any,   .any,   .any, .any)
        case .earlierIsBad:         Row(.no,   .yes,   .any,   .any, .any)
        case .coveredBeyondEnd:     Row(.no,   .no,    .yes,   .any, .any)
        case .fileIsCut:            Row(.no,   .no,    .no,    .yes, .any)
        case .nothingFollows:       Row(.no,   .no,    .no,    .no,  .zero)
        case .promisedBeyondEnd:    Row(.no,   .no,    .no,    .no,  .damaged(promised: .yes, tooLong: .any, frame: nil))
        case .damageIsTooLong:      Row(.no,   .no,    .no,    .no,  .damaged(promised: .no,  tooLong: .yes, frame: nil))
        case .frameIsInconsistent:  Row(.no,   .no,    .no,    .no,  .damaged(promised: .no,  tooLong: .no,  frame: .inconsistent))
        case .frameIsUnwritten:     Row(.no,   .no,    .no,    .no,  .damaged(promised: .no,  tooLong: .no,  frame: .unwritten))
        case .frameIsUnexplained:   Row(.no,   .no,    .no,    .no,  .damaged(promised: .no,  tooLong: .no,  frame: .unexplained))
        }
    }
}
