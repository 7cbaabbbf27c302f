internal import SayiirEvents
internal import SayiirLog

/// What `salvage` shows.
struct SalvageText {
    var directory: String
    var destination: String
    var found: SalvageReport
    /// The new log, read back.
    var result: Assessment
    var losses: InstanceLosses.Findings
    var listsMapping: Bool
    var listsPossible: Bool

    var status: ExitStatus { found.isComplete ? .clean : .corrupt }

    func lines(_ style: Style) -> [String] {
        var lines = [headline(style)]
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add("copied", copiedWords)
        add("missing", missingWords)
        for damage in found.damages { add("damage", words(for: damage)) }
        add("chain", chainWords)
        for instance in losses.affected { add("affected", words(for: instance)) }
        if losses.unknownKeyCount > 0 {
            add("unknown", "\(counted(losses.unknownKeyCount, "key")) of lost blocks not seen elsewhere")
        }
        if !losses.possible.isEmpty {
            add("possibly", "\(counted(losses.possible.count, "instance")) whose last event stands before a loss")
        }
        if listsPossible { lines += losses.possible.map { "    '\(safe($0))'" } }
        if listsMapping { for run in found.runs { add("sequences", words(for: run)) } }
        add("new log", "\(result.log?.description ?? "none"), to sequence \(grouped(result.lastSequence)), verified")
        add("chain head", result.head?.description)
        return lines
    }

    private func headline(_ style: Style) -> String {
        guard !found.isComplete else {
            return
                "\(safe(directory)) was copied to \(safe(destination)): \(style.paint("nothing is missing", .green))."
        }
        return
            "What is whole of \(safe(directory)) was copied to \(safe(destination)): \(style.paint("something is missing", .red))."
    }

    private var copiedWords: String {
        "\(counted(found.recordCount, "record")) in \(counted(found.commitCount, "commit")), of "
            + "\(counted(found.frameCount, "frame")), \(byteWords(found.recordBytes))"
    }

    private var missingWords: String? {
        guard !found.isComplete else { return nil }
        let isOpen = found.damages.contains(where: \.mayMissMore)
        let count = counted(found.missingCount, "record")
        guard isOpen else { return found.missingCount == 0 ? "no record, but the chain is broken" : count }
        return found.missingCount == 0 ? "nothing tells how many records" : "\(count), and perhaps more"
    }

    private func words(for damage: SalvageDamage) -> String {
        let place =
            damage.byteCount > 0
            ? "\(damage.file) at \(grouped(UInt64(clamping: damage.offset))), \(counted(damage.byteCount, "byte"))"
            : damage.offset > 0 ? "\(damage.file) at \(grouped(UInt64(clamping: damage.offset)))" : damage.file
        return "\(place): \(lossWords(damage)) (\(damage.reason))"
    }

    private func lossWords(_ damage: SalvageDamage) -> String {
        let more = damage.mayMissMore ? ", and perhaps more" : ""
        if let missing = damage.missing { return "missing \(rangeWords(missing))\(more)" }
        if damage.isTorn { return "a torn end, nothing missing" }
        if damage.breaksChain { return "the chain is broken" }
        return damage.mayMissMore ? "nothing tells how much is missing" : "nothing missing"
    }

    private var chainWords: String {
        let behindLosses = found.runs.filter { $0.proof != .before }
        let proofs = Dictionary(behindLosses.map { ($0.proof, 1) }, uniquingKeysWith: +)
        var parts: [String] = []
        if let count = proofs[.header] { parts.append("\(count) joined to a header before") }
        if let count = proofs[.after] { parts.append("\(count) only to what follows") }
        if let count = proofs[.checksums] { parts.append("\(count) to nothing, proven by checksums alone") }
        return parts.isEmpty
            ? "unbroken" : "of \(counted(behindLosses.count, "run")) behind a loss, " + parts.joined(separator: ", ")
    }

    private func words(for instance: InstanceLosses.Affected) -> String {
        var parts: [String] = []
        if !instance.revisions.isEmpty {
            parts.append("lacks revision \(instance.revisions.map(rangeWords).joined(separator: ", "))")
        }
        if instance.isInLostBlock { parts.append("had records in a lost block") }
        return "'\(safe(instance.instance))' \(parts.joined(separator: "; "))"
    }

    private func words(for run: SalvagedRun) -> String {
        let count = run.sequences.upperBound - run.sequences.lowerBound
        return "\(rangeWords(run.sequences)) -> \(rangeWords(run.newFirst...run.newFirst + count))"
    }
}

// MARK: JSON

extension SalvageText {
    /// One object, with the members that docs/INSPECT.md lists.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.member("destination", destination)
        writer.member("log", found.log.description)
        writer.optional("new_log", result.log?.description)
        writer.optional("head", result.head?.description)
        writer.member("complete", found.isComplete)
        for (name, number) in [
            ("records", found.recordCount), ("record_bytes", found.recordBytes),
            ("commits", UInt64(found.commitCount)), ("frames", UInt64(found.frameCount)),
            ("missing", found.missingCount),
        ] {
            writer.name(name)
            writer.number(number)
        }
        writeDamages(to: &writer)
        writeInstances(to: &writer)
        writer.objects("runs", found.runs) { writer, run in
            writer.range(run.sequences)
            writer.member("new_first", run.newFirst)
            writer.member("proof", run.proof.rawValue)
        }
        writer.member("exit_status", status.rawValue)
        writer.endObject()
        return writer.text
    }

    private func writeDamages(to writer: inout JSONWriter) {
        writer.objects("damages", found.damages) { writer, damage in
            writer.member("file", damage.file)
            writer.member("offset", damage.offset)
            writer.member("bytes", damage.byteCount)
            writer.member("reason", damage.reason)
            if let missing = damage.missing { writer.range(missing) }
            writer.member("may_miss_more", damage.mayMissMore)
            writer.member("torn", damage.isTorn)
            writer.member("breaks_chain", damage.breaksChain)
        }
    }

    private func writeInstances(to writer: inout JSONWriter) {
        writer.objects("affected", losses.affected) { writer, instance in
            writer.member("instance", instance.instance)
            writer.name("revisions")
            writer.beginArray()
            for range in instance.revisions {
                writer.beginObject()
                writer.range(range)
                writer.endObject()
            }
            writer.endArray()
            writer.member("in_lost_block", instance.isInLostBlock)
        }
        writer.member("unknown_keys", losses.unknownKeyCount)
        writer.member("possibly_affected", losses.possible.count)
        guard listsPossible else { return }
        writer.name("possibly_affected_instances")
        writer.beginArray()
        for instance in losses.possible { writer.string(instance) }
        writer.endArray()
    }
}
