internal import SayiirEvents
internal import SayiirLog

/// What `verify` shows.
struct VerifyReport {
    var directory: String
    var assessment: Assessment
    var unreadableCount: UInt64
    var surroundings: Surroundings
    /// Where times run back.
    var clock = ClockSteps()
    /// What decoding every record found; `nil` where that is only counted.
    var findings: DecodingFindings?

    var treeHead: TreeHead?
    /// What sealed segments say of the tree that their records do not give.
    var treeContradictions: [TreeFold.Contradiction] = []
    /// What became of a head that was seen; `nil` if none was given.
    var seenHead: SeenHeadFinding?
    /// What is concerned; `nil` where nothing is damaged.
    var extent: DamageExtent?

    /// An event that cannot be decoded is a loss, however whole its frame is; so is what something whole contradicts.
    var status: ExitStatus {
        let status = ExitStatus(assessment.verdict)
        if contradiction != nil { return .corrupt }
        guard status == .clean || status == .torn else { return status }
        if unreadableCount > 0 { return .corrupt }
        return seenHead?.isUndecidable == true ? .ambiguous : status
    }

    /// What says that the log is not what was written, though its frames do not; in words.
    private var contradiction: String? {
        if seenHead?.isContradiction == true { return "it does not extend the log that was seen" }
        if !treeContradictions.isEmpty { return "a sealed segment holds other records than were sealed" }
        if !surroundings.contradictions.isEmpty { return "a whole snapshot does not fit it" }
        return surroundings.isContradicted ? "an archived file is not what it was" : nil
    }

    func lines(_ style: Style) -> [String] {
        var lines = [verdictLine(style)]
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add("rule", "\(assessment.rule.rawValue) of the opening rule")
        if assessment.verdict != .clean {
            add("file", safe(assessment.file))
            add("offset", grouped(UInt64(clamping: assessment.offset)))
            add("expected", assessment.expected)
            add("found", assessment.found)
            if assessment.damagedBytes > 0 { add("damaged", counted(assessment.damagedBytes, "byte")) }
        }
        add("next", advice)
        add("segments", grouped(UInt64(assessment.segmentCount)) + surroundings.sealedWords)
        add(
            "records",
            "\(grouped(assessment.recordCount)) intact, in \(counted(assessment.frameCount, "frame")), "
                + byteWords(assessment.recordBytes))
        if unreadableCount > 0 { add("unreadable", counted(unreadableCount, "record")) }
        lines += findings?.lines(in: directory) ?? []
        add("unknown", findings?.unknownWords)
        for line in extent?.lines(behind: assessment.lastSequence) ?? [] { add(line.name, line.text) }
        for line in treeContradictions { add("tree", words(for: line)) }
        add("sequences", sequenceWords)
        add("chain head", assessment.head?.description ?? "none yet")
        add("tree head", treeHead?.description ?? "not known")
        add("seen head", seenHead?.words)
        add("times", clock.words)
        for line in surroundings.lines { add(line.name, line.text) }
        for line in notProven { lines += fieldLines("not proven", line, style) }
        return lines
    }

    /// What a clean reading says nothing about.
    private var notProven: [String] {
        guard status == .clean || status == .torn, assessment.lastSequence > 0 else { return [] }
        let end =
            if case .extends(let sequence)? = seenHead?.outcome {
                "that it had no records after sequence \(grouped(max(sequence, assessment.lastSequence))): the head was taken "
                    + "at \(grouped(sequence))"
            } else {
                "that it had no later records: cutting them off leaves no trace. A head that is kept elsewhere shows it: '--head'"
            }
        return [end, "that times, actors and reasons are true: the writer of a record chose them"]
    }

    private func verdictLine(_ style: Style) -> String {
        let isBySnapshot = assessment.rule == .coveredBeyondEnd && !surroundings.contradictions.isEmpty
        if let contradiction, assessment.verdict != .corrupt || isBySnapshot {
            return "\(safe(directory)) is \(style.paint("corrupt", .red)): \(contradiction)."
        }
        if status == .ambiguous, assessment.verdict != .ambiguous {
            return
                "\(safe(directory)) is \(style.paint("ambiguous", .yellow)): nothing that is left tells whether it extends the "
                + "log that was seen."
        }
        return SayiirInspection.verdictLine(of: assessment, directory, unreadableCount, style)
    }

    private func words(for contradiction: TreeFold.Contradiction) -> String {
        "\(contradiction.segment) was sealed over other records at \(rangeWords(contradiction.sequences)): the tree head should "
            + "be \(contradiction.told), the records give the root \(contradiction.computed)"
    }

    private var sequenceWords: String {
        let last = assessment.lastSequence
        guard last > 0 else { return "none" }
        let known = "to \(grouped(last)), known to be durable to \(grouped(assessment.durableSequence))"
        return assessment.durableSequence >= last
            ? known : "\(known); the log ends without the mark of a writer that closed it"
    }

    private static let corruptAdvice =
        "Keep the directory as it is, and restore the file from a copy. Without one, 'sayiir-inspect salvage' copies what is "
        + "whole into a new log."

    /// What to do next; `nil` if nothing.
    var advice: String? {
        if seenHead?.isContradiction == true || !treeContradictions.isEmpty || !surroundings.contradictions.isEmpty {
            return Self.corruptAdvice
        }
        if seenHead?.isUndecidable == true, assessment.verdict == .clean {
            return "Read the removed segments with '--archive', or give a head that was seen later."
        }
        return switch assessment.verdict {
        case .clean:
            unreadableCount == 0
                ? nil : "Use a newer version of this program; if that does not help, restore the log from a copy."
        case .torn: "Nothing is lost. The next start of the engine repairs it, and keeps what it takes off."
        case .corrupt: Self.corruptAdvice
        case .ambiguous:
            "Restore the file from a copy; or give up what follows with 'truncate-tail'."
        }
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.assessment(assessment)
        writer.member("unreadable", unreadableCount)
        writer.optional("tree_head", treeHead?.description)
        if !treeContradictions.isEmpty { writeTreeContradictions(to: &writer) }
        writeSeenHead(to: &writer)
        extent?.write(to: &writer)
        clock.write(to: &writer)
        writer.strings("not_proven", notProven)
        surroundings.write(to: &writer)
        findings?.write(to: &writer)
        writer.member("exit_status", status.rawValue)
        writer.end(of: assessment)
        writer.optional("advice", advice)
        writer.endObject()
        return writer.text
    }

    private func writeSeenHead(to writer: inout JSONWriter) {
        guard let seenHead else { return }
        writer.name("seen_head")
        writer.beginObject()
        writer.member("outcome", seenHead.name)
        if let sequence = seenHead.sequence { writer.member("sequence", sequence) }
        writer.member("explanation", seenHead.words)
        writer.endObject()
    }

    private func writeTreeContradictions(to writer: inout JSONWriter) {
        writer.objects("tree_contradictions", treeContradictions) { writer, contradiction in
            writer.member("segment", contradiction.segment.description)
            writer.range(contradiction.sequences)
            writer.member("told", contradiction.told.description)
            writer.member("computed", contradiction.computed.description)
        }
    }
}
