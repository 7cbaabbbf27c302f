internal import SayiirEvents
internal import SayiirLog

/// What came out of decoding every record of a log. Memory goes with what is wrong, not with the log.
struct DecodingFindings {
    /// A record that should be decodable, and is not.
    struct Undecodable {
        var sequence: UInt64
        var key: String
        var segment: SegmentName
        /// The offset of the record's frame.
        var offset: Int
        var reason: String
    }

    private(set) var undecodable: [Undecodable] = []
    /// How many records there are of each type that only newer versions know; they are no errors.
    private(set) var unknown: [String: UInt64] = [:]

    /// Looks at one more record.
    mutating func add(_ entry: LogEntry) {
        switch entry.content {
        case .event(let event):
            if case .unknown = event.body { unknown[entry.typeName, default: 0] += 1 }
        case .definition: break
        case .skippable where entry.record.kind == .service: break
        case .skippable: unknown[entry.typeName, default: 0] += 1
        case .unreadable(let reason):
            undecodable.append(
                Undecodable(
                    sequence: entry.record.sequence, key: entry.record.key, segment: entry.segment,
                    offset: entry.offset, reason: reason))
        }
    }
}

extension DecodingFindings {
    /// The types that only newer versions know, in words; `nil` if there are none.
    var unknownWords: String? {
        guard !unknown.isEmpty else { return nil }
        let counts = unknown.sorted { $0.key < $1.key }.map { "\(counted($0.value, "record")) of type \($0.key)" }
        return counts.joined(separator: ", ") + "; a newer version knows them"
    }

    /// A line for each record that cannot be decoded.
    func lines(in directory: String) -> [String] {
        undecodable.map { record in
            "    record \(record.sequence) of '\(safe(record.key))', frame at offset \(record.offset) of "
                + "\(directory)/\(record.segment): \(record.reason)"
        }
    }

    /// Writes the members that `verify --deep` adds.
    func write(to writer: inout JSONWriter) {
        writer.objects("undecodable", undecodable) { writer, record in
            writer.member("sequence", record.sequence)
            writer.member("key", record.key)
            writer.member("segment", record.segment.description)
            writer.member("offset", record.offset)
            writer.member("error", record.reason)
        }
        writer.name("unknown")
        writer.beginObject()
        for (type, count) in unknown.sorted(by: { $0.key < $1.key }) {
            writer.name(type)
            writer.number(count)
        }
        writer.endObject()
    }
}
