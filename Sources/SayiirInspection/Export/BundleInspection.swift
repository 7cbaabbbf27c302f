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
        let definitions = try definitions(among: builder.gathered, log, style)
        builder.keepOnly { $0.kind != .definition || definitions.contains($0.key) }
        guard let head = try log.reader.treeHead(at: size ?? assessment.lastSequence),
            let origin = RecordBundle.Origin(assessment, head: head),
            let bundle = try builder.bundle(of: log.reader, origin)
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

    /// The definitions by which the instance went. Refuses records that may not leave the log.
    private func definitions(among records: [LogRecord], _ log: LogSource, _ style: Style) throws -> Set<String> {
        var definitions: Set<String> = []
        var hasEvents = false
        for record in records where record.kind != .definition {
            let content = LogEntry.content(of: record)
            guard content.allowsBytes(style) else {
                throw InspectionError(
                    "record \(record.sequence) holds a sensitive payload, or one of which nobody can tell, and the bundle has to "
                        + "contain it. Give --reveal if whoever gets the bundle may see it.")
            }
            hasEvents = hasEvents || record.kind == .event
            guard case .event(let event) = content else { continue }
            switch event.body {
            case .submitted(let body): definitions.insert(body.definition.description)
            case .definitionChanged(let body): definitions.insert(body.to.description)
            default: break
            }
        }
        guard hasEvents else { throw try log.unknownInstance(instance) }
        return definitions
    }

    private func receipt(_ bundle: RecordBundle, _ bytes: UInt64, _ style: Style) -> String {
        let path = destination.path ?? ""
        guard style.isJSON else {
            return "Case bundle of \(counted(bundle.entries.count, "record")), \(byteWords(bytes)), in \(safe(path))"
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", path)
        writer.member("instance", bundle.key)
        writer.member("records", bundle.entries.count)
        writer.member("tree_head", bundle.origin.head.description)
        writer.member("bytes", bytes)
        writer.endObject()
        return writer.text
    }
}
