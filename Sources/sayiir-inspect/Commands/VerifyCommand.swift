import ArgumentParser
import SayiirInspection

/// `sayiir-inspect verify`.
struct VerifyCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the whole log.",
        discussion: """
            Reads every frame, recomputes the chain, decodes every event, and judges the log's end by the opening rule. \
            Where something is wrong, it says where, what was expected, what was found, and what to do next.

            Exit status:
            \(ExitStatus.table)

            Example:
              sayiir-inspect verify jobs.sayiir && echo sound
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Flag(help: "List every record that cannot be decoded, and count what only newer versions know.")
    var deep = false

    func inspection() -> any Inspection {
        var verify = VerifyInspection()
        verify.isDeep = deep
        return verify
    }
}
