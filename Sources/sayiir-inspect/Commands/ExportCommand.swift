import ArgumentParser
import SayiirInspection

/// `sayiir-inspect export`.
struct ExportCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write what the log holds for other programs.",
        usage: "sayiir-inspect export <dir> --format <format> [<options>]",
        discussion: """
            ndjson is the events, one JSON object a line. chrome-trace is what happened and when, for ui.perfetto.dev and \
            chrome://tracing: a process for each instance, with what ran at the same time on tracks of its own.

            mermaid and dot are the graph of a definition: that of a workflow, or of an instance, with its way marked.

            Examples:
              sayiir-inspect export jobs.sayiir --format ndjson --type failed
              sayiir-inspect export jobs.sayiir --format chrome-trace --output jobs.json
              sayiir-inspect export jobs.sayiir --format dot --instance order-42 | dot -Tsvg
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Option(help: "The form.")
    var format: ExportInspection.Format

    @Option(help: ArgumentHelp("Only this instance. May be repeated.", valueName: "id"))
    var instance: [String] = []

    @Option(help: ArgumentHelp("Only events of this type. May be repeated. For ndjson.", valueName: "type"))
    var type: [String] = []

    @Option(help: ArgumentHelp("The first sequence. For ndjson.", valueName: "sequence"))
    var from: UInt64?

    @Option(help: ArgumentHelp("The last sequence. For ndjson.", valueName: "sequence"))
    var to: UInt64?

    @Option(help: ArgumentHelp("The workflow whose latest graph is drawn. For mermaid and dot.", valueName: "name"))
    var workflow: String?

    @Option(help: ArgumentHelp("The beginning of a definition's hash. For mermaid and dot.", valueName: "hash"))
    var definition: String?

    @OptionGroup var destination: DestinationOptions

    func validate() throws {
        if format != .ndjson, !type.isEmpty || from != nil || to != nil {
            throw ValidationError("--type, --from and --to are for --format ndjson.")
        }
        if !format.isGraph, workflow != nil || definition != nil {
            throw ValidationError("--workflow and --definition are for --format mermaid and dot.")
        }
    }

    func inspection() throws -> any Inspection {
        var export = ExportInspection(format, try EventFilter(types: type, from: from, to: to))
        export.instances = instance
        export.workflow = workflow
        export.definition = definition
        export.destination = destination.value
        return export
    }
}

/// Where a document is written.
struct DestinationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write to this file instead of the output.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace the file if it exists.")
    var force = false

    var value: Destination { Destination(path: output, replaces: force) }
}

extension ExportInspection.Format: ExpressibleByArgument {}
