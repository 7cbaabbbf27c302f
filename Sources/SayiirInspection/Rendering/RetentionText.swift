internal import SayiirEvents
internal import SayiirLog

/// What `retention` shows.
struct RetentionText {
    var directory: String
    var retention: Retention
    var plan: RetentionPlan
    var surroundings: Surroundings

    func lines(_ style: Style) -> [String] {
        let bytes = plan.removed.reduce(0) { $0 + UInt64(clamping: $1.byteCount) }
        var lines = [
            "\(safe(directory)): retention would take \(grouped(UInt64(plan.removed.count))) of "
                + "\(counted(surroundings.segmentCount, "segment")), \(byteWords(bytes)) of "
                + "\(byteWords(UInt64(clamping: plan.totalBytes)))."
        ]
        func add(_ name: String, _ text: String) {
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add("policy", policyWords)
        for segment in plan.removed { add("goes", words(for: segment)) }
        for segment in plan.held { add("held", words(for: segment)) }
        for words in futureWords { add("future", words) }
        add("needed", neededWords)
        for line in surroundings.lines { add(line.name, line.text) }
        return lines
    }

    /// The segments that stay for their age though they would be old enough by their place: a record in them is from the future.
    private var futureWords: [String] {
        plan.ahead.prefix(5).map { segment in
            "\(segment.name) has a record of \(Timestamp(nanosecondsSinceEpoch: segment.latestTimestamp).dateAndTime) UTC, which is in the "
                + "future; by age it stays until then, and so does all behind it"
        }
    }

    private var policyWords: String {
        var parts: [String] = []
        if let age = retention.maximumAge { parts.append("older than \(ageWords(age.components.seconds))") }
        if let bytes = retention.maximumBytes {
            parts.append("the oldest while the log is larger than \(byteWords(UInt64(clamping: bytes)))")
        }
        return parts.isEmpty ? "none: everything stays" : parts.joined(separator: ", and ")
    }

    private func ageWords(_ seconds: Int64) -> String {
        for (unit, length) in [("day", Int64(86_400)), ("hour", 3600), ("minute", 60)]
        where seconds >= length && seconds % length == 0 {
            return counted(UInt64(seconds / length), unit)
        }
        return counted(UInt64(clamping: seconds), "second")
    }

    private func words(for segment: RetainedSegment) -> String {
        "\(segment.name), to sequence \(grouped(segment.lastSequence)), \(byteWords(UInt64(clamping: segment.byteCount))), "
            + "latest \(Timestamp(nanosecondsSinceEpoch: segment.latestTimestamp).dateAndTime) UTC"
    }

    private var neededWords: String {
        if let obstacle = plan.obstacle { return "everything: \(obstacle)" }
        return "from sequence \(grouped(plan.neededFrom)) on, by the newest two snapshots and what is alive in them"
    }

    /// One object, with the members that docs/INSPECT.md lists.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.member("total_bytes", plan.totalBytes)
        if plan.obstacle == nil {
            writer.member("needed_from", plan.neededFrom)
        }
        writer.optional("keeps_all_because", plan.obstacle)
        write(plan.removed, as: "would_go", to: &writer)
        write(plan.held, as: "held", to: &writer)
        if !plan.ahead.isEmpty { write(plan.ahead, as: "in_the_future", to: &writer) }
        surroundings.write(to: &writer)
        writer.endObject()
        return writer.text
    }

    private func write(_ segments: [RetainedSegment], as name: StaticString, to writer: inout JSONWriter) {
        writer.objects(name, segments) { writer, segment in
            writer.member("segment", segment.name.description)
            writer.member("last_sequence", segment.lastSequence)
            writer.member("bytes", segment.byteCount)
            writer.member("latest", Timestamp(nanosecondsSinceEpoch: segment.latestTimestamp).description)
        }
    }
}
