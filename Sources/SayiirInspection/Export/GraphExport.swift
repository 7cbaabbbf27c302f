internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// The graph of a definition that the log holds, for Mermaid or Graphviz, the way of a run marked on it if an instance is given.
struct GraphExport {
    /// Whose graph is drawn.
    enum Subject: Sendable {
        /// That of an instance, with its way.
        case instance(String)
        /// That of a workflow's latest submission.
        case workflow(String)
        /// That whose hash begins with this.
        case definition(String)
    }

    var subject: Subject

    /// The definitions of a log, by their hashes.
    typealias Definitions = [String: String]

    /// Writes the graph; `make` makes its lines of the chart and of what it is called.
    func write(
        _ log: LogSource, _ problems: Problems, to output: Output, _ make: (FlowChart, String) -> [String]
    ) throws {
        var definitions: Definitions = [:]
        var builder: StoryBuilder?
        var latest: DefinitionHash?
        problems.assessment = try log.verify(only: try tellingInstances(in: log)) { frame in
            try frame.forEachRecord { record in
                definitions.add(record)
                guard record.kind != .definition, try isWanted(record, in: frame) else { return }
                let entry = LogEntry(record, in: frame)
                if case .unreadable = entry.content { try problems.note(entry, in: log.directory) }
                guard let event = entry.recordedEvent?.event else { return }
                if case .workflow(let name) = subject {
                    if case .submitted(let body) = event.body, body.workflow.isExactly(name) {
                        latest = body.definition
                    }
                } else {
                    if builder == nil { builder = StoryBuilder(event) }
                    builder?.add(event)
                }
            }
        }
        switch subject {
        case .instance(let id):
            guard let story = builder?.story else { throw try log.unknownInstance(id) }
            let definition = try definitions.definition(story.state.definition, of: "instance '\(safe(id))'")
            for line in make(FlowChart(definition, RunPath(story)), id) { try output.line(line) }
        case .workflow(let name):
            guard let latest else {
                throw InspectionError(
                    "no instance of a workflow '\(safe(name))' was submitted. The command 'list' shows what was.")
            }
            let definition = try definitions.definition(latest, of: "workflow '\(safe(name))'")
            for line in make(FlowChart(definition, nil), name) { try output.line(line) }
        case .definition(let prefix):
            let (hash, definition) = try definitions.definition(beginning: prefix)
            for line in make(FlowChart(definition, nil), hash) { try output.line(line) }
        }
    }

    /// Whose events have to be read; `nil` for all.
    private func tellingInstances(in log: LogSource) throws -> [String]? {
        switch subject {
        case .instance(let id): [id]
        case .workflow(let name): try log.instancesTelling(ofWorkflow: name)
        case .definition: []
        }
    }

    private func isWanted(_ record: LogRecord, in frame: Frame) throws -> Bool {
        switch subject {
        case .instance(let id): record.key.isExactly(id)
        case .workflow: true
        case .definition: false
        }
    }
}

extension GraphExport.Definitions {
    /// Keeps what a record holds, if it is a definition.
    mutating func add(_ record: LogRecord) {
        if record.kind == .definition { self[record.key] = String(decoding: record.payload, as: UTF8.self) }
    }

    /// The definition with a hash.
    ///
    /// - Throws: ``InspectionError`` that names `subject` if the log does not hold it, or if its text is none.
    func definition(_ hash: DefinitionHash?, of subject: String) throws -> Definition {
        guard let hash, let text = self[hash.description] else {
            throw InspectionError(
                "the log does not hold the definition \(hash?.short ?? "") of \(subject): an engine of an older version wrote it, or "
                    + "retention took it away. With --archive what was taken away is read, too.")
        }
        return try parsed(text, hash.description)
    }

    /// The only definition whose hash begins with `prefix`.
    fileprivate func definition(beginning prefix: String) throws -> (String, Definition) {
        let found = self.filter { $0.key.hasPrefix(prefix.lowercased()) }.sorted { $0.key < $1.key }
        guard let only = found.first, found.count == 1 else {
            let known = keys.sorted().prefix(10).map { String(safe($0).prefix(12)) }.joined(separator: ", ")
            throw InspectionError(
                "\(counted(found.count, "definition")) in the log begin with '\(safe(prefix))'. "
                    + (known.isEmpty ? "It holds none." : "There are \(known)."))
        }
        return (only.key, try parsed(only.value, only.key))
    }

    private func parsed(_ text: String, _ hash: String) throws -> Definition {
        guard let definition = Definition(text) else {
            throw InspectionError(
                "the text of the definition \(safe(hash).prefix(12)) cannot be read: '\(safe(text).prefix(80))'.")
        }
        return definition
    }
}
