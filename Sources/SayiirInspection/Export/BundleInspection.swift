internal import SayiirEvents
internal import SayiirLog

/// One instance as a file that is read without the log: its events and definitions, each with the proof that the log has it.
package struct BundleInspection: Inspection {
    /// The instance.
    package var instance: String
    /// How many records the tree has in which they are proven; all that there are if `nil`.
    package var size: UInt64?
    package var destination: Destination

    package init(of instance: String, to destination: Destination) {
        self.instance = instance
        self.destination = destination
    }

    /// To say of what exactly it is that a store has none: other exports read stores.
    package var readsStores: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        guard log.store == nil else { throw InspectionError.isAboutFiles("export --bundle") }
        let problems = Problems(console)
        let bundle = try bundle(of: log, problems, console.style)
        let bytes = try destination.write(on: log, console) { try $0.bytes(bundle.encoded) }
        if let bytes { try console.output.line(receipt(bundle, bytes, console.style)) }
        return try problems.conclude()
    }

    private func bundle(of log: LogSource, _ problems: Problems, _ style: Style) throws -> RecordBundle {
        var builder = RecordBundleBuilder()
        let assessment = try log.verify { frame in
            builder.take(frame) { $0.kind == .definition || $0.key.isExactly(instance) }
        }
        problems.assessment = assessment
        var definitions = try definitions(among: builder.gathered, log, style)
        // Submissions at the same time may each have stored the same definition: one copy is enough.
        builder.keepOnly { $0.kind != .definition || definitions.remove($0.key) != nil }
        guard let head = try log.reader.treeHead(at: size ?? assessment.lastSequence),
            let origin = RecordBundle.Origin(assessment, head: head),
            let bundle = try builder.bundle(
                of: log.reader, origin,
                withholding: { $0.kind != .definition && !LogEntry.content(of: $0).allowsBytes(style) })
        else {
            throw InspectionError(
                "not all of '\(safe(instance))' is among the first \(counted(size ?? assessment.lastSequence, "record")) of "
                    + "'\(log.directory)', or retention took away what would prove it: try '--archive'.")
        }
        guard bundle.unproven().isEmpty else {
            throw InspectionError(
                "'\(log.directory)' does not hold the records that were sealed: they do not lead to its tree head. Run 'verify "
                    + "--deep'.", status: .corrupt)
        }
        return bundle
    }

    /// The definitions by which the instance went. Refuses an instance of which no event may leave the log.
    private func definitions(among records: [LogRecord], _ log: LogSource, _ style: Style) throws -> Set<String> {
        var definitions: Set<String> = []
        var (hasEvents, showsEvents) = (false, false)
        for record in records where record.kind != .definition {
            let content = LogEntry.content(of: record)
            hasEvents = hasEvents || record.kind == .event
            showsEvents = showsEvents || (record.kind == .event && content.allowsBytes(style))
            guard case .event(let event) = content else { continue }
            switch event.body {
            case .submitted(let body): definitions.insert(body.definition.description)
            case .definitionChanged(let body): definitions.insert(body.to.description)
            default: break
            }
        }
        guard hasEvents else { throw try log.unknownInstance(instance) }
        guard showsEvents else {
            throw InspectionError(
                "every event of '\(safe(instance))' holds a sensitive payload, or one of which nobody can tell, so that nothing is left "
                    + "to show. Give --reveal if whoever gets the bundle may see them.")
        }
        return definitions
    }

    private func receipt(_ bundle: RecordBundle, _ bytes: UInt64, _ style: Style) -> String {
        let path = destination.path ?? ""
        guard style.isJSON else {
            let withheld =
                bundle.withheld.isEmpty
                ? ""
                : ", and the hashes of \(counted(bundle.withheld.count, "record")) that \(bundle.withheld.count == 1 ? "is" : "are") "
                    + "withheld (--reveal shows them)"
            return
                "Case bundle of \(counted(bundle.entries.count, "record"))\(withheld), \(byteWords(bytes)), in \(safe(path))"
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", path)
        writer.member("instance", bundle.key)
        writer.member("records", bundle.entries.count)
        writer.member("withheld", bundle.withheld.count)
        writer.member("tree_head", bundle.origin.head.description)
        writer.member("bytes", bytes)
        writer.endObject()
        return writer.text
    }
}
