internal import SayiirEvents
internal import SayiirLog

/// What `truncate-tail` shows.
struct TruncationReport {
    var directory: String
    /// What was found, before anything was done.
    var assessment: Assessment
    /// Where what was given up is kept; `nil` if nothing was done.
    var quarantineFile: String?

    var isDone: Bool { quarantineFile != nil }

    /// Whether there is an end that may be given up.
    var isTruncatable: Bool { assessment.verdict == .torn || assessment.verdict == .ambiguous }

    var status: ExitStatus { isDone ? .clean : ExitStatus(assessment.verdict) }

    func lines(_ style: Style) -> [String] {
        var lines = [headline(style)]
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        if assessment.verdict != .clean {
            add("rule", "\(assessment.rule.rawValue) of the opening rule")
            add("file", safe(assessment.file))
            add("offset", grouped(UInt64(clamping: assessment.offset)))
            add("expected", assessment.expected)
            add("found", assessment.found)
        }
        if isTruncatable {
            add(isDone ? "given up" : "to give up", counted(assessment.damagedBytes, "byte"))
            add("kept", keptWords)
        }
        add("quarantine", quarantineFile)
        add("next", advice)
        return lines
    }

    private func headline(_ style: Style) -> String {
        guard isDone else { return verdictLine(of: assessment, directory, 0, style) }
        return "\(safe(directory)) was \(assessment.verdict) and is \(style.paint("clean", .green)) now."
    }

    private var keptWords: String {
        let last = assessment.lastSequence
        return last == 0 ? "no record: there is none before it" : "all records to sequence \(grouped(last))"
    }

    /// What to do next; `nil` if nothing.
    var advice: String? {
        guard !isDone else { return nil }
        return switch assessment.verdict {
        case .clean: "There is nothing to do."
        case .torn:
            "Nothing that was acknowledged is in it. The next start of the engine repairs it by itself, and keeps what it takes "
                + "off; with --confirm that is done now."
        case .ambiguous:
            "It may hold an acknowledged commit: restore the file from a copy if there is one. With --confirm it is given up, and "
                + "kept in 'quarantine'."
        case .corrupt:
            "Refused: something acknowledged is damaged. Keep the directory as it is, and restore the file from a copy. Without "
                + "one, 'sayiir-inspect salvage' copies what is whole into a new log; 'explain' tells what is damaged."
        }
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.assessment(assessment)
        writer.member("done", isDone)
        writer.member("exit_status", status.rawValue)
        writer.end(of: assessment)
        writer.optional("quarantine", quarantineFile)
        writer.optional("advice", advice)
        writer.endObject()
        return writer.text
    }
}
