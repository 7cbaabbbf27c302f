internal import SayiirEvents
internal import SayiirProjection
internal import SayiirLog

/// What `status` shows.
struct LogOverview {
    var directory: String
    /// The store in which the log goes on; `nil` if it was not moved.
    var movedTo: String?
    var assessment: Assessment
    var treeHead: TreeHead?
    var surroundings: Surroundings
    var writer: String?
    var times: ClosedRange<Timestamp>?
    /// Where times run back.
    var clock: ClockSteps
    var rates: EventRates
    var counts: [StatusName: Int]
    var live: LiveInstances
    var quarantined: [QuarantinedFile]
    var unreadableCount: UInt64

    func lines(_ style: Style) -> [String] {
        var lines = [verdictLine(of: assessment, directory, unreadableCount, style)]
        func add(_ name: String, _ text: String) { lines += fieldLines(name, text, style) }
        func add(_ name: String, _ texts: [String]) {
            for (index, text) in texts.enumerated() { add(index == 0 ? name : "", text) }
        }
        add("segments", surroundings.segmentWords)
        add(
            "records",
            "\(grouped(assessment.recordCount)) in \(counted(assessment.frameCount, "frame")), "
                + byteWords(assessment.recordBytes))
        add("durable", durableWords)
        add("events", times.map { "\($0.lowerBound.dateAndTime) to \($0.upperBound.dateAndTime) UTC" } ?? "none")
        if let words = clock.words { add("times", words) }
        add("rates", rates.lines)
        add("writer", writer.map(safe) ?? (movedTo == nil ? "nobody" : "nobody; the log is closed"))
        add("recovery", quarantined.recoveryLines)
        add("log", assessment.log?.description ?? "none yet")
        add("chain head", assessment.head?.description ?? "none yet")
        add("tree head", treeHead?.description ?? "not known")
        for line in surroundings.lines { add(line.name, line.text) }
        return lines + FleetWords(counts: counts, live: live).lines(style)
    }

    private var durableWords: String {
        let last = assessment.lastSequence
        guard last > 0 else { return "nothing was written yet" }
        let missing = last - min(last, assessment.durableSequence)
        return missing == 0
            ? "all, to sequence \(grouped(last))"
            : "to sequence \(grouped(assessment.durableSequence)); \(counted(missing, "more record")) may still be taken back"
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.optional("moved_to", movedTo)
        writer.assessment(assessment)
        writer.optional("tree_head", treeHead?.description)
        writer.member("unreadable", unreadableCount)
        writer.member("file_bytes", surroundings.fileBytes)
        surroundings.write(to: &writer)
        writer.optional("writer", self.writer)
        writer.optional("oldest", times?.lowerBound.description)
        writer.optional("newest", times?.upperBound.description)
        clock.write(to: &writer)
        rates.write(to: &writer)
        writer.quarantined(quarantined)
        FleetWords(counts: counts, live: live).write(to: &writer)
        writer.endObject()
        return writer.text
    }
}

/// The judgement in one line, the first of `status` and `verify`.
func verdictLine(of assessment: Assessment, _ directory: String, _ unreadableCount: UInt64, _ style: Style) -> String {
    guard assessment.verdict != .clean else {
        guard unreadableCount > 0 else { return "\(safe(directory)) is \(style.paint("clean", .green))." }
        return
            "\(safe(directory)) is \(style.paint("corrupt", .red)): \(counted(unreadableCount, "record")) cannot be decoded."
    }
    let verdict = style.paint("\(assessment.verdict)", assessment.verdict == .corrupt ? .red : .yellow)
    return "\(safe(directory)) is \(verdict): \(assessment.rule.explanation)."
}

extension JSONWriter {
    /// Writes what is wrong at the log's end, if anything is.
    mutating func end(of assessment: Assessment) {
        guard assessment.verdict != .clean else { return }
        member("explanation", assessment.rule.explanation)
        member("file", assessment.file)
        member("offset", assessment.offset)
        member("damaged_bytes", assessment.damagedBytes)
        optional("expected", assessment.expected)
        optional("found", assessment.found)
    }

    /// Writes the members that `status`, `verify` and `truncate-tail` share.
    mutating func assessment(_ assessment: Assessment) {
        member("verdict", assessment.verdict.rawValue)
        member("rule", assessment.rule.rawValue)
        optional("log", assessment.log?.description)
        member("segments", assessment.segmentCount)
        member("frames", assessment.frameCount)
        member("records", assessment.recordCount)
        member("record_bytes", assessment.recordBytes)
        member("last_sequence", assessment.lastSequence)
        member("durable_sequence", assessment.durableSequence)
        optional("head", assessment.head?.description)
    }
}
