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

    func inspection() -> any Inspection { VerifyInspection() }
}
