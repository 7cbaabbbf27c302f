import ArgumentParser
import SayiirInspection

/// `sayiir-inspect export`.
struct ExportCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write what the log holds for other programs.",
        usage: "sayiir-inspect export [<dir>] --format <format> [<options>]",
        discussion: """
            ndjson is the events, one JSON object a line. chrome-trace is what happened and when, for ui.perfetto.dev and \
            chrome://tracing: a process for each instance, with what ran at the same time on tracks of its own.

            A case bundle is one instance in a file, with the proofs that tie it to the log. It is read in \
            place of DIR, on any machine, by 'show', 'why', 'list', 'diff', 'report', 'verify' and 'export', and an engine can \
            take it in.

            mermaid and dot are the graph of a definition: that of a workflow, or of an instance, with its way marked.

            Examples:
              sayiir-inspect export jobs.sayiir --format ndjson --type failed
              sayiir-inspect export jobs.sayiir --format chrome-trace --output jobs.json
              sayiir-inspect export jobs.sayiir --format dot --workflow order | dot -Tsvg
              sayiir-inspect export jobs.sayiir --bundle order-42 --output 42.sayiir-case
            """)

    @OptionGroup var common: AnySourceOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Option(help: "The form.")
    var format: ExportInspection.Format?

    @Option(help: ArgumentHelp("Write a case bundle of this instance.", valueName: "id"), completion: .instances)
    var bundle: String?

    @Option(
        help: ArgumentHelp(
            "How many records the tree has in which a bundle's are proven. Without it, all that there are.",
            valueName: "number"))
    var size: UInt64?

    @Option(help: ArgumentHelp("Only this instance. May be repeated.", valueName: "id"), completion: .instances)
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
        if bundle != nil {
            guard format == nil, instance.isEmpty, workflow == nil, definition == nil, type.isEmpty, from == nil,
                to == nil
            else { throw ValidationError("--bundle is a form of its own, of one whole instance.") }
            guard destination.output != nil else {
                throw ValidationError("a bundle is no text: give a file with --output.")
            }
            return
        }
        guard let format else { throw ValidationError("give a --format, or an instance with --bundle.") }
        if size != nil { throw ValidationError("--size is for --bundle.") }
        if format != .ndjson, !type.isEmpty || from != nil || to != nil {
            throw ValidationError("--type, --from and --to are for --format ndjson.")
        }
        if !format.isGraph, workflow != nil || definition != nil {
            throw ValidationError("--workflow and --definition are for --format mermaid and dot.")
        }
    }

    func inspection(_ operands: [String]) throws -> any Inspection {
        if let bundle {
            var inspection = BundleInspection(of: bundle, to: destination.value)
            inspection.size = size
            return inspection
        }
        var export = ExportInspection(format ?? .ndjson, try EventFilter(types: type, from: from, to: to))
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
