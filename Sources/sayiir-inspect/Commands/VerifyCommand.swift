import ArgumentParser
import SayiirInspection

/// `sayiir-inspect verify`.
struct VerifyCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the whole log.",
        usage: "sayiir-inspect verify <dir> [<options>]",
        discussion: """
            Reads every frame, recomputes the chain, decodes every event, and judges the log's end by the opening rule. \
            Where something is wrong, it says where, what was expected, what was found, which records and instances are \
            concerned, and what to do next. With a head that was written down it also tells whether the log still holds all \
            that it held then.

            Exit status:
            \(ExitStatus.table)

            Examples:
              sayiir-inspect verify jobs.sayiir && echo sound
              sayiir-inspect verify jobs.sayiir --head 1000:4f6a...
            """)

    @OptionGroup var common: LogOrBundleOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Flag(help: "Recompute the tree, list every record that cannot be decoded, count what only newer versions know.")
    var deep = false

    @Option(
        help: ArgumentHelp(
            "Whether the log extends the one with this head: the chain or tree head of 'status', or SEQUENCE:DIGEST.",
            valueName: "head"))
    var head: String?

    func inspection(_ operands: [String]) -> any Inspection {
        var verify = VerifyInspection()
        verify.isDeep = deep
        verify.head = head
        return verify
    }
}
