internal import SayiirEvents
internal import SayiirLog

extension DamageExtent {
    private static let longestList = 10

    /// Lines that say what is concerned; the first ten instances by name.
    ///
    /// - Parameter last: The last sequence before the damage.
    func lines(behind last: UInt64) -> [(name: String, text: String)] {
        let places =
            sequences.isEmpty
            ? "from sequence \(grouped(last &+ 1)) on"
            : "sequences " + sequences.map(rangeWords).joined(separator: ", ")
                + (mayMissMore ? ", and perhaps more" : "")
        var lines = [("affected", places)]
        let instances = instances
        for instance in instances.prefix(Self.longestList) { lines.append(("", words(for: instance))) }
        if instances.isEmpty { lines.append(("", "nothing tells which instances")) }
        if instances.count > Self.longestList {
            lines.append(("", "and \(counted(instances.count - Self.longestList, "more instance"))"))
        }
        return lines
    }

    private func words(for instance: Instance) -> String {
        var parts: [String] = []
        if instance.isInDamage { parts.append("has records in the damage") }
        if !instance.revisions.isEmpty {
            parts.append("lacks revision \(instance.revisions.map(rangeWords).joined(separator: ", "))")
        }
        if instance.isInLostBlock { parts.append("had records in a lost block") }
        return "'\(safe(instance.id))' \(parts.joined(separator: "; "))"
    }

    /// Writes the member `affected`.
    func write(to writer: inout JSONWriter) {
        writer.name("affected")
        writer.beginObject()
        writer.objects("sequences", sequences) { $0.range($1) }
        writer.member("perhaps_more", mayMissMore)
        writer.objects("instances", instances) { writer, instance in
            writer.member("instance", instance.id)
            writer.member("in_damage", instance.isInDamage)
            writer.objects("missing_revisions", instance.revisions) { $0.range($1) }
            writer.member("in_lost_block", instance.isInLostBlock)
        }
        writer.endObject()
    }
}

/// `11`, or `11 to 12`.
func rangeWords(_ range: ClosedRange<UInt64>) -> String {
    range.lowerBound == range.upperBound
        ? grouped(range.lowerBound) : "\(grouped(range.lowerBound)) to \(grouped(range.upperBound))"
}

extension JSONWriter {
    /// Writes the members `first` and `last`.
    mutating func range(_ range: ClosedRange<UInt64>) {
        member("first", range.lowerBound)
        member("last", range.upperBound)
    }
}
