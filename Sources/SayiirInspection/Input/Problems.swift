internal import SayiirLog

/// What was met while reading that keeps the answer from being complete.
final class Problems {
    private let console: Console
    /// How many records could not be decoded.
    private(set) var unreadableCount: UInt64 = 0
    private var reportedCount: UInt64 = 0
    /// The judgement on the whole log, once it was read to its end.
    var assessment: Assessment?

    private static let longestList: UInt64 = 10

    init(_ console: Console) { self.console = console }

    /// Reports a record that cannot be decoded; the first ones in full.
    func note(_ entry: LogEntry, in directory: String) throws {
        unreadableCount += 1
        guard reportedCount < Self.longestList, case .unreadable(let reason) = entry.content else { return }
        reportedCount += 1
        try console.complain(
            "record \(entry.record.sequence) of '\(safe(entry.record.key))', in \(entry.place(in: directory)), is left out: \(reason)."
        )
    }

    /// Counts records that were reported elsewhere.
    func count(_ number: UInt64 = 1) { unreadableCount += number }

    /// Says what all this means for what was shown, and how the program should end.
    ///
    /// A torn end is no loss: what it held was never acknowledged. The answer is complete then.
    func conclude() throws -> ExitStatus {
        if unreadableCount > reportedCount {
            try console.complain("\(counted(unreadableCount, "record")) in all cannot be decoded.")
        }
        guard let assessment, assessment.verdict != .clean else { return unreadableCount == 0 ? .clean : .corrupt }
        let place = "\(assessment.file), offset \(assessment.offset)"
        guard assessment.verdict != .torn else {
            try console.complain("the log's end is torn (\(place)); all that was acknowledged is shown.")
            return unreadableCount == 0 ? .clean : .corrupt
        }
        try console.complain(
            "the log is \(assessment.verdict) at \(place): only the records up to sequence \(assessment.lastSequence) are "
                + "shown. Run the command 'verify' to see what is wrong"
                + (assessment.verdict == .corrupt ? ", and 'sayiir-inspect salvage' to copy all that is whole." : "."))
        return ExitStatus(assessment.verdict)
    }
}
