internal import SayiirEvents
internal import SayiirLog

/// What a log holds, in a form that other programs read.
package struct ExportInspection: Inspection {
    /// The forms.
    package enum Format: String, CaseIterable, Sendable {
        /// Events, one JSON object a line.
        case ndjson
        /// Runs, as Perfetto and other viewers of traces read them.
        case chromeTrace = "chrome-trace"
        /// The graph of a definition, for Mermaid.
        case mermaid
        /// The graph of a definition, for Graphviz.
        case dot

        /// Whether it shows a graph.
        package var isGraph: Bool { self == .mermaid || self == .dot }
    }

    package var format: Format
    /// The instances that are wanted; empty for all.
    package var instances: [String] = []
    /// Which of their events are.
    package var filter: EventFilter
    /// The workflow whose graph is wanted, by its latest definition.
    package var workflow: String?
    /// The beginning of the hash of the definition whose graph is wanted.
    package var definition: String?
    package var destination = Destination()

    package init(_ format: Format, _ filter: EventFilter) {
        self.format = format
        self.filter = filter
    }

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        var content = ""
        let bytes = try destination.write(on: log, console) { output in
            switch format {
            case .ndjson:
                let export = EventExport(instances: Set(instances.map { InstanceID($0) }), filter: filter)
                content = counted(try export.write(log, problems, console.style, to: output), "event")
            case .chromeTrace:
                let export = TraceExport(instances: Set(instances.map { InstanceID($0) }))
                content = counted(try export.write(log, problems, console.style, to: output), "instance")
            case .mermaid:
                try graph().write(log, problems, to: output) { chart, _ in MermaidText(chart: chart).lines }
                content = "1 graph"
            case .dot:
                try graph().write(log, problems, to: output) { DotText(chart: $0, name: $1).lines }
                content = "1 graph"
            }
        }
        if let bytes { try console.output.line(receipt(content, bytes, console.style)) }
        return try problems.conclude()
    }

    private func graph() throws -> GraphExport {
        var subjects = instances.map { GraphExport.Subject.instance($0) }
        if let workflow { subjects.append(.workflow(workflow)) }
        if let definition { subjects.append(.definition(definition)) }
        guard let subject = subjects.first, subjects.count == 1 else {
            throw InspectionError("a graph is of one thing: give one --instance, or --workflow, or --definition.")
        }
        return GraphExport(subject: subject)
    }

    private func receipt(_ content: String, _ bytes: UInt64, _ style: Style) -> String {
        let path = destination.path ?? ""
        guard style.isJSON else { return "\(content), \(byteWords(bytes)), in \(safe(path))" }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", path)
        writer.member("format", format.rawValue)
        writer.member("bytes", bytes)
        writer.endObject()
        return writer.text
    }
}
