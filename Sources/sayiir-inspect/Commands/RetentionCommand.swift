import ArgumentParser
import SayiirInspection

/// `sayiir-inspect retention`.
struct RetentionCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Show what retention would take away.",
        usage: "sayiir-inspect retention <dir> [<options>]",
        discussion: """
            Nothing is taken: this tells which segments a policy would let go, which of them are still needed and why, and what \
            has gone before. Only sealed segments go, from the front, and none without two snapshots.

            Example:
              sayiir-inspect retention jobs.sayiir --older-than 30d --larger-than 10GB
            """)

    @OptionGroup var common: LogOptions

    @Option(
        help: ArgumentHelp(
            "Segments whose records are all older than this: 30d, 12h, 90m, 45s.", valueName: "duration"),
        transform: { text in
            guard let duration = parseDuration(text) else {
                throw ValidationError("'\(text)' is no duration: give a number and d, h, m or s, like 30d.")
            }
            return duration
        })
    var olderThan: Duration?

    @Option(
        help: ArgumentHelp(
            "The oldest segments while the log is larger than this: 10GB, 500MB, 64MiB.", valueName: "size"),
        transform: { text in
            guard let bytes = parseByteCount(text) else {
                throw ValidationError("'\(text)' is no size: give a number and KB, MB, GB, KiB, MiB or GiB, like 10GB.")
            }
            return bytes
        })
    var largerThan: Int64?

    func inspection(_ operands: [String]) -> any Inspection {
        var retention = RetentionInspection()
        retention.maximumAge = olderThan
        retention.maximumBytes = largerThan
        return retention
    }
}
