import ArgumentParser
import SayiirInspection

/// `sayiir-inspect prove`.
struct ProveCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that the log has a record.",
        usage: "sayiir-inspect prove <dir> <sequence> [<options>]",
        discussion: """
            Writes a JSON document with the record and the hashes that lead from it to the root of the tree over all records. \
            'check-proof' checks it without the log, against a tree head that was written down; such a head is what 'status' \
            shows. For one that was written down when the log was shorter, give its size with --size.

            Example:
              sayiir-inspect prove jobs.sayiir 48 --size 1000 > record-48.proof
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Argument(help: ArgumentHelp("The record's sequence.", valueName: "sequence"))
    var sequence: UInt64

    @Option(help: ArgumentHelp("How many records the tree has. Without it, all that there are.", valueName: "number"))
    var size: UInt64?

    func inspection(_ operands: [String]) -> any Inspection {
        var prove = ProveInspection(sequence)
        prove.size = size
        return prove
    }
}
