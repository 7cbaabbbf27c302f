import ArgumentParser
import SayiirInspection

/// `sayiir-inspect explain`.
struct ExplainCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what stands at an offset of a file of the log.",
        usage: "sayiir-inspect explain <dir> <offset> [<options>]",
        discussion: """
            Shows the frame that holds the offset, field by field, which of the format's checks it passes, and whether one \
            flipped bit explains why it does not. 'verify' names the offset of damage.

            Examples:
              sayiir-inspect explain jobs.sayiir 5248
              sayiir-inspect explain jobs.sayiir 0x1480 --segment 3
              sayiir-inspect explain jobs.sayiir 0 --file 00000000000000000400.snapshot
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Argument(
        help: ArgumentHelp("The offset in the file, decimal or behind 0x hexadecimal.", valueName: "offset"),
        transform: { text in
            guard let offset = parseOffset(text) else {
                throw ValidationError("'\(text)' is no offset: give a number like 5248 or 0x1480.")
            }
            return offset
        })
    var offset: Int

    @Option(
        help: ArgumentHelp(
            "The segment's number. Without it, the segment that 'verify' speaks of.", valueName: "number"))
    var segment: UInt32?

    @Option(
        help: ArgumentHelp(
            "The file's name, in place of a segment's number: of a segment, a snapshot, or REMOVED.", valueName: "name")
    )
    var file: String?

    func validate() throws {
        if segment != nil && file != nil { throw ValidationError("Give --segment or --file, not both.") }
    }

    func inspection(_ operands: [String]) -> any Inspection {
        var explain = ExplainInspection(offset: offset)
        explain.fileName = file
        explain.segment = segment
        return explain
    }
}
