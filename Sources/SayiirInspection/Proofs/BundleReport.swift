internal import SayiirEvents
internal import SayiirLog

/// What `verify` shows of a bundle.
struct BundleReport {
    var file: String
    var bundle: RecordBundle
    /// The head that is trusted; `nil` if none was given.
    var trusted: TreeHead?
    /// The records that do not lead to that head, or without one to the bundle's own.
    var unproven: [UInt64]
    /// The revisions of the events that are shown, and their sequences, in their order.
    var events: [(revision: UInt64, sequence: UInt64)] = []
    var unreadableCount: UInt64 = 0

    /// Checks a bundle.
    ///
    /// - Parameters:
    ///   - bundle: The bundle.
    ///   - file: What it was read from.
    ///   - head: The head that is trusted, as `status` shows it; `nil` if none is.
    /// - Throws: ``InspectionError`` if that is no tree head.
    init(of bundle: RecordBundle, in file: String, head: String?) throws {
        (self.bundle, self.file) = (bundle, file)
        trusted = try head.map { text in
            guard let head = TreeHead(text) else {
                throw InspectionError(
                    "'\(safe(text))' is no tree head: give SIZE:ROOT, as 'status' showed it or as it was written down.")
            }
            return head
        }
        unproven = bundle.unproven(in: trusted)
        for entry in bundle.entries {
            switch LogEntry.content(of: entry.record) {
            case .event(let event): events.append((event.revision, entry.record.sequence))
            case .unreadable: unreadableCount += 1
            case .definition, .skippable: break
            }
        }
    }

    var status: ExitStatus { failure == nil ? .clean : .corrupt }

    /// What keeps the bundle from being what it should; `nil` if nothing does.
    private var failure: String? {
        let head = bundle.origin.head
        if let trusted, trusted.size != head.size {
            return "its proofs are about a tree of \(counted(head.size, "record")), the head about one of "
                + "\(grouped(trusted.size)); make it again with 'export --bundle' and '--size \(trusted.size)'"
        }
        if let trusted, unproven.count == bundle.entries.count + bundle.withheld.count, bundle.unproven().isEmpty {
            return "its proofs lead to the root \(head.root), and not to \(trusted.root)"
        }
        if !unproven.isEmpty {
            return
                "\(grouped(UInt64(unproven.count))) of \(counted(bundle.entries.count + bundle.withheld.count, "record")) do not lead to the tree head"
        }
        if hasGap { return "events are missing: their revisions do not follow each other" }
        return unreadableCount > 0 ? "\(counted(unreadableCount, "record")) cannot be decoded" : nil
    }

    private var hasGap: Bool {
        unreadableCount == 0
            && zip(events, events.dropFirst()).contains { left, right in
                guard right.revision > left.revision else { return true }
                // Each revision that is not shown has to be one of the withheld records between the two.
                let hidden = bundle.withheld.count {
                    $0.proof.sequence > left.sequence && $0.proof.sequence < right.sequence
                }
                return right.revision - left.revision - 1 != UInt64(hidden)
            }
    }

    /// Shows it.
    func show(_ console: Console) throws -> ExitStatus {
        if console.style.isJSON {
            try console.output.line(json)
        } else {
            for line in lines(console.style) { try console.output.line(line) }
        }
        return status
    }

    func lines(_ style: Style) -> [String] {
        var lines = [verdict(style)]
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add("instance", safe(bundle.key))
        add("records", "\(grouped(UInt64(bundle.entries.count))), \(grouped(UInt64(events.count))) of them events")
        add("withheld", bundle.withheld.isEmpty ? nil : sequenceWords(bundle.withheld.map(\.proof.sequence)))
        add("revisions", revisionWords)
        add("not proven", unproven.isEmpty ? nil : sequenceWords(unproven))
        add("log", bundle.origin.log.description)
        add("tree head", bundle.origin.head.description)
        add("chain head", "\(bundle.origin.chainHead), after record \(grouped(bundle.origin.lastSequence))")
        for line in missingProofs { lines += fieldLines("not proven", line, style) }
        return lines
    }

    /// What the bundle says nothing about, though all its records are proven.
    private var missingProofs: [String] {
        guard failure == nil else { return [] }
        let hidden =
            bundle.withheld.isEmpty
            ? [] : ["what the withheld records hold, or that they are this instance's: only their hashes are there"]
        return hidden + [
            "that it had no later events: only the log tells",
            "that times, actors and reasons are true: the writer of a record chose them",
        ]
    }

    private func verdict(_ style: Style) -> String {
        let name = safe(file)
        if let failure { return "\(name) is \(style.paint("not proven", .red)): \(failure)." }
        let count = counted(bundle.entries.count, "record")
        guard trusted != nil else {
            return "\(name) \(style.paint("fits together", .green)): its \(count) lead to the tree head that it names. "
                + "Give one that you trust with --head."
        }
        return "\(name) is \(style.paint("proven", .green)): the log with this head has its \(count)."
    }

    /// The first and the last revision. Retention may have taken the first ones.
    private var revisionWords: String? {
        guard let first = events.first, let last = events.last else { return nil }
        return "\(grouped(first.revision)) to \(grouped(last.revision))"
    }

    private func sequenceWords(_ sequences: [UInt64]) -> String {
        let shown = sequences.prefix(10).map { grouped($0) }.joined(separator: ", ")
        return sequences.count > 10 ? "\(shown) and \(grouped(UInt64(sequences.count - 10))) more" : shown
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", file)
        writer.member("proven", trusted != nil && failure == nil)
        writer.optional("failure", failure)
        writer.member("instance", bundle.key)
        writer.member("records", bundle.entries.count)
        writer.member("events", events.count)
        if !bundle.withheld.isEmpty {
            writer.name("withheld")
            writer.beginArray()
            for record in bundle.withheld { writer.number(record.proof.sequence) }
            writer.endArray()
        }
        writer.name("unproven")
        writer.beginArray()
        for sequence in unproven { writer.number(sequence) }
        writer.endArray()
        writer.strings("not_proven", missingProofs)
        writer.member("log", bundle.origin.log.description)
        writer.member("tree_head", bundle.origin.head.description)
        writer.optional("trusted_head", trusted?.description)
        writer.member("head", bundle.origin.chainHead.description)
        writer.member("last_sequence", bundle.origin.lastSequence)
        writer.member("exit_status", status.rawValue)
        writer.endObject()
        return writer.text
    }
}
