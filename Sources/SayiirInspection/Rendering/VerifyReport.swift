internal import SayiirEvents
internal import SayiirLog

/// What `verify` shows.
struct VerifyReport {
    var directory: String
    var assessment: Assessment
    var unreadableCount: UInt64
    var surroundings: Surroundings
    /// What decoding every record found; `nil` where that is only counted.
    var findings: DecodingFindings?

    /// An event that cannot be decoded is a loss, however whole its frame is; so is what a whole snapshot contradicts.
    var status: ExitStatus {
        let status = ExitStatus(assessment.verdict)
        if surroundings.isContradicted { return .corrupt }
        return unreadableCount > 0 && (status == .clean || status == .torn) ? .corrupt : status
    }

    func lines(_ style: Style) -> [String] {
        var lines = [verdictLine(style)]
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add("rule", "\(assessment.rule.rawValue) of the opening rule")
        if assessment.verdict != .clean {
            add("file", assessment.file)
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
        add("sequences", sequenceWords)
        add("chain head", assessment.head?.description ?? "none yet")
        for line in surroundings.lines { add(line.name, line.text) }
        return lines
    }

    private func verdictLine(_ style: Style) -> String {
        guard surroundings.isContradicted, assessment.verdict != .corrupt else {
            return SayiirInspection.verdictLine(of: assessment, directory, unreadableCount, style)
        }
        let what =
            surroundings.contradictions.isEmpty
            ? "an archived file is not what it was" : "a whole snapshot does not fit it"
        return "\(directory) is \(style.paint("corrupt", .red)): \(what)."
    }

    private var sequenceWords: String {
        let last = assessment.lastSequence
        return last == 0 ? "none" : "to \(grouped(last)), known to be durable to \(grouped(assessment.durableSequence))"
    }

    private static let corruptAdvice =
        "Keep the directory as it is, and restore the file from a copy. Without one, 'sayiir-inspect salvage' copies what is "
        + "whole into a new log."

    /// What to do next; `nil` if nothing.
    var advice: String? {
        if !surroundings.contradictions.isEmpty { return Self.corruptAdvice }
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
        surroundings.write(to: &writer)
        findings?.write(to: &writer)
        writer.member("exit_status", status.rawValue)
        writer.end(of: assessment)
        writer.optional("advice", advice)
        writer.endObject()
        return writer.text
    }
}
