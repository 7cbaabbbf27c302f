import ArgumentParser
import SayiirInspection

/// `sayiir-inspect why`.
struct WhyCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say what an instance waits for, and what would wake it.",
        usage: "sayiir-inspect why [<dir>] [<instance>] [<options>]",
        discussion: """
            For each step under way: since when, what it waits for, when that ends by itself, and what a person can do about \
            it. For an instance that has ended: what ended it.

            Examples:
              sayiir-inspect why jobs.sayiir user-9
              sayiir-inspect why user-9.sayiir-case
            """)

    @OptionGroup var common: AnySourceOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Argument(
        help: ArgumentHelp("The instance's id; a case bundle has one only.", valueName: "instance"),
        completion: .instances)
    var instance: String?

    var mostOperands: Int { 1 }

    var operands: [String] { [instance].compactMap { $0 } }

    func inspection(_ operands: [String]) -> any Inspection { WhyInspection(operands.first) }
}
