/// What an examination of a whole log found: its extent, and the verdict on its end.
public struct Assessment: Sendable, Hashable {
    /// The log's directory.
    public internal(set) var directory: String
    /// The log's identity; `nil` if no segment's header could be read.
    public internal(set) var log: LogID?
    /// How many segments there are.
    public internal(set) var segmentCount = 0
    /// How many valid frames were read.
    public internal(set) var frameCount = 0
    /// How many records they hold.
    public internal(set) var recordCount: UInt64 = 0
    /// How many bytes these records have, uncompressed.
    public internal(set) var recordBytes: UInt64 = 0
    /// The sequence of the last valid record; 0 if there is none.
    public internal(set) var lastSequence: UInt64 = 0
    /// The last sequence that some frame says was durable. Later ones are whole, but a crash of the machine right now
    /// might take them back.
    public internal(set) var durableSequence: UInt64 = 0
    /// The chain digest after the last valid record; `nil` if no segment's header could be read.
    public internal(set) var head: ChainDigest?
    /// The segment where the valid frames end, or where the log is damaged; `nil` if there is none.
    public internal(set) var segment: SegmentName?
    /// The file that is damaged, if it is not a segment.
    var otherFile: String?
    /// The offset in that segment behind the last valid frame.
    public internal(set) var offset = 0
    /// How many bytes from there on are damaged; 0 unless ``verdict`` says so.
    public internal(set) var damagedBytes = 0
    /// The evidence about the end.
    public internal(set) var evidence = OpeningEvidence.none
    /// What should have been at ``offset``, where something is wrong.
    public internal(set) var expected: String?
    /// What was there instead.
    public internal(set) var found: String?

    /// The problem in terms of files. Meaningless if ``verdict`` is clean.
    public internal(set) var problem = Problem.damagedFile
    /// The segments from before the log's beginning whose files are there: an operator put them back, or a removal was cut short. They are
    /// not read. A writer removes a file if ``RemovedSegment/fileDigest`` proves that it is the one that retention removed and, for an
    /// archived segment, the archive has the same file. It keeps the other files.
    public internal(set) var unusedSegments: [SegmentName] = []

    /// A problem with a log's files.
    public enum Problem: Hashable, Sendable {
        /// The content of ``Assessment/file`` is not what it was.
        case damagedFile
        /// The segment of that number is not there.
        case missingSegment(UInt32)
        /// The file of that name does not belong where it is: it is another log's, an older copy, or there twice.
        case strayFile(String)
        /// All segments are gone.
        case lostLog
    }

    /// The rule that decided.
    public var rule: OpeningRule { OpeningRule(deciding: evidence) }

    /// What the rule says.
    public var verdict: Verdict { rule.verdict }

    /// The path of the file that ``offset`` is about.
    public var file: String {
        if let otherFile { return "\(directory)/\(otherFile)" }
        return segment.map { "\(directory)/\($0)" } ?? directory
    }

    /// Why the log is not opened, and what to do, in words.
    var refusal: String {
        var text: String
        switch problem {
        case .damagedFile: text = "\(file) is \(verdict) at offset \(offset)"
        case .missingSegment(let number): text = "\(directory) is \(verdict): segment \(number) is missing"
        case .strayFile(let name): text = "\(directory)/\(name) does not belong to the log, which is \(verdict) with it"
        case .lostLog: text = "\(directory) has lost all segments of its log"
        }
        text += ": \(rule.explanation) (rule \(rule.rawValue))."
        if let expected, let found { text += " Expected \(expected), found \(found)." }
        return text + " The records up to sequence \(lastSequence) are intact. Nothing was changed. \(advice)"
    }

    private var advice: String {
        switch problem {
        case .damagedFile where verdict == .ambiguous:
            "Restore the file from a copy, or open with `truncatesAmbiguousTail` to give up what follows."
        case .damagedFile where evidence.headerIsBad && otherFile == nil:
            """
            Restore the file from a copy, or move it away if it is not this log's; without a copy, `sayiir-inspect salvage` saves what \
            is whole.
            """
        case .damagedFile:
            "Restore the file from a copy; without one, `sayiir-inspect salvage` saves what is whole."
        case .missingSegment:
            """
            Put the segment's file back. If the directory is a copy of a log that was being written, copy it again while no writer has \
            it open. Without a copy, `sayiir-inspect salvage` saves what is whole.
            """
        case .strayFile(let name):
            "Move \(name) out of the directory and open the log again."
        case .lostLog:
            """
            Restore the directory from a copy. To begin a new log there, move away everything that is left of the old one.
            """
        }
    }
}
