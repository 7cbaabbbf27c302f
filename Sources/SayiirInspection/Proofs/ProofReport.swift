internal import SayiirEvents
internal import SayiirLog

/// What `check-proof` shows.
struct ProofReport {
    var file: String
    var document: ProofDocument
    /// The head that is trusted.
    var head: TreeHead

    var status: ExitStatus { failure == nil ? .clean : .corrupt }

    /// Why nothing is proven; `nil` if the record is.
    var failure: String? {
        let proof = document.proof
        guard proof.treeSize == head.size else {
            return
                "it is about a tree of \(counted(proof.treeSize, "record")), the head about one of \(grouped(head.size)); make it "
                + "again with 'prove --size \(head.size)'"
        }
        guard let root = document.provenRoot else {
            return "a proof for record \(grouped(proof.sequence)) of \(grouped(proof.treeSize)) does not have "
                + (proof.path.count == 1 ? "1 hash" : "\(proof.path.count) hashes")
        }
        guard root == head.root else {
            return root == document.root
                ? "it leads to the root \(root), which is another log's, or that of a log whose records were changed"
                : "its record, its sequence or a hash of its path was changed: it leads to the root \(root)"
        }
        return nil
    }

    func lines(_ style: Style) -> [String] {
        let record = document.record
        let name = "record \(grouped(record.sequence))"
        guard failure == nil else {
            return ["\(file) \(style.paint("proves nothing", .red)): \(failure ?? "")."]
        }
        var lines = ["\(file) \(style.paint("proves", .green)) that \(name) is in the log with this head."]
        func add(_ name: String, _ text: String) {
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add(record.kind == .definition ? "definition" : "instance", safe(record.key))
        add("time", Timestamp(nanosecondsSinceEpoch: record.timestamp).description)
        add("type", document.content.typeName(of: record.kind))
        switch document.content {
        case .event(let event): add("event", event.words(style))
        case .definition, .skippable: add("content", counted(record.payload.count, "byte"))
        case .unreadable(let reason): add("content", reason)
        }
        add("tree head", head.description)
        for line in missingProofs { lines += fieldLines("not proven", line, style) }
        return lines.map(\.withoutTrailingBlanks)
    }

    /// What the proof says nothing about.
    private var missingProofs: [String] {
        guard failure == nil else { return [] }
        return [
            "that it is the last record, or what other records say",
            "that its time, actor and reason are true: the writer of a record chose them",
        ]
    }

    func json(_ style: Style) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", file)
        writer.member("proven", failure == nil)
        writer.optional("failure", failure)
        writer.member("tree_head", head.description)
        if failure == nil {
            writer.name("record")
            switch document.content {
            case .event(let event):
                let event = RecordedEvent(sequence: document.record.sequence, event: event)
                writer.raw(event.json(revealingSensitive: style.revealsSensitive))
            default: writeRecord(to: &writer)
            }
        }
        writer.strings("not_proven", missingProofs)
        writer.member("exit_status", status.rawValue)
        writer.endObject()
        return writer.text
    }

    private func writeRecord(to writer: inout JSONWriter) {
        let record = document.record
        writer.beginObject()
        writer.member("sequence", record.sequence)
        writer.member("key", record.key)
        writer.member("time", Timestamp(nanosecondsSinceEpoch: record.timestamp).description)
        writer.member("type", document.content.typeName(of: record.kind))
        writer.member("size", record.payload.count)
        writer.endObject()
    }
}
