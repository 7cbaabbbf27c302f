import ArgumentParser
import SayiirEvents
import SayiirInspection

/// `sayiir-inspect report`.
struct ReportCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a page of HTML about an instance, or about all.",
        usage: "sayiir-inspect report [<dir>] [<options>]",
        discussion: """
            The page needs no network and no other file: it can be sent, kept and printed. Sensitive payloads are not in it, unless \
            they are asked for.

            Examples:
              sayiir-inspect report jobs.sayiir --output jobs.html
              sayiir-inspect report jobs.sayiir --instance order-42 --output order-42.html
            """)

    @OptionGroup var common: AnySourceOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Option(help: ArgumentHelp("Only this instance.", valueName: "id"), completion: .instances)
    var instance: String?

    @OptionGroup var destination: DestinationOptions

    func inspection(_ operands: [String]) -> any Inspection {
        var report = ReportInspection(of: instance, to: destination.value)
        report.madeAt = .present
        return report
    }
}
