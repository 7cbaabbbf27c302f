import ArgumentParser
import SayiirInspection

/// `sayiir-inspect dump`.
struct DumpCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Show all records, frame by frame.",
        usage: "sayiir-inspect dump <dir> [<options>]",
        discussion: """
            A frame is one commit. Its line has its offset in the segment's file, the records in it follow.

            Example:
              sayiir-inspect dump jobs.sayiir --from 100 --to 120 --raw
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @OptionGroup var filters: FilterOptions

    @Option(help: ArgumentHelp("The first sequence to show.", valueName: "sequence"))
    var from: UInt64?

    @Option(help: ArgumentHelp("The last sequence to show.", valueName: "sequence"))
    var to: UInt64?

    @Flag(help: "Show the payloads' bytes, too.")
    var raw = false

    func inspection(_ operands: [String]) throws -> any Inspection {
        var dump = DumpInspection(
            try EventFilter(instance: filters.instance, types: filters.type, from: from, to: to))
        dump.showsBytes = raw
        return dump
    }
}
