internal import SayiirLog

/// What became of a head that was seen earlier, in words.
struct SeenHeadFinding {
    var outcome: SeenHeadSearch.Outcome
    /// The last sequence that was read.
    var lastSequence: UInt64

    /// Whether the log is not the one that was seen.
    var isContradiction: Bool {
        switch outcome {
        case .differs, .ends, .isNowhere: true
        case .extends, .isRecorded, .isRemoved: false
        }
    }

    /// Whether nothing that is left tells.
    var isUndecidable: Bool {
        switch outcome {
        case .isRecorded, .isRemoved: true
        case .extends, .differs, .ends, .isNowhere: false
        }
    }

    /// A name for programs.
    var name: String {
        switch outcome {
        case .extends: "extends"
        case .differs: "differs"
        case .ends: "ends_before"
        case .isNowhere: "not_found"
        case .isRecorded, .isRemoved: "removed"
        }
    }

    /// The sequence that the log was seen to end with, if it is known.
    var sequence: UInt64? {
        switch outcome {
        case .extends(let sequence), .differs(let sequence, _, _), .ends(let sequence), .isRecorded(let sequence):
            sequence
        case .isNowhere, .isRemoved: nil
        }
    }

    /// What was found.
    var words: String {
        switch outcome {
        case .extends(let sequence):
            "the log extends the log that was seen then, which ended with sequence \(grouped(sequence)), "
                + "\(counted(lastSequence - min(sequence, lastSequence), "record")) later"
        case .differs(let sequence, let chain, let root):
            "some record of 1 to \(grouped(sequence)) is not the one that was seen: the chain digest at \(grouped(sequence)) is "
                + "\(chain?.description ?? "none, as no commit ends there"), the tree's root \(root?.description ?? "not known")"
        case .ends(let sequence):
            "the log was seen to sequence \(grouped(sequence)), and what is whole of it ends with \(grouped(lastSequence))"
        case .isNowhere:
            "no commit to sequence \(grouped(lastSequence)) ends with the digest that was seen: some record that was seen is "
                + "another, or gone"
        case .isRecorded(let sequence):
            "the list of removals has the digest that was seen, at sequence \(grouped(sequence)); the records behind it that were "
                + "removed, too, would prove that the log goes on from there"
        case .isRemoved(let first):
            "the records before sequence \(grouped(first)) were removed, and with them what would tell"
        }
    }
}
