internal import SayiirEvents
internal import SayiirLog

/// Which records and instances damage concerns, as far as what is left tells.
struct DamageExtent {
    /// An instance that is concerned.
    struct Instance {
        var id: String
        /// Whether one of its records stands in the damage, and may have been changed.
        var isInDamage = false
        /// The revisions that are missing, as far as later ones tell.
        var revisions: [ClosedRange<UInt64>] = []
        /// Whether an index says that it had records in a block that is lost.
        var isInLostBlock = false
    }

    /// The sequences that are missing or stand in the damage, without overlaps.
    private(set) var sequences: [ClosedRange<UInt64>] = []
    /// Whether more may be missing, and nothing tells how many.
    private(set) var mayMissMore = false
    private var known: [InstanceID: Instance] = [:]

    /// Those that are concerned, by id.
    var instances: [Instance] { known.sorted { $0.key < $1.key }.map(\.value) }

    /// Looks through a damaged log, once more and past the damage.
    ///
    /// - Parameters:
    ///   - log: The log.
    ///   - assessment: What its verification came to.
    ///   - changed: Records that are not those that were sealed, as the tree tells.
    init(of log: LogSource, _ assessment: Assessment, changed: [ClosedRange<UInt64>]) throws {
        if assessment.verdict != .clean {
            try addLosses(of: log)
            add(try log.reader.recordsInDamage(of: assessment, missing: sequences))
        }
        if !changed.isEmpty {
            sequences += changed
            _ = try log.verify { frame in
                let end = frame.firstSequence + UInt64(frame.recordCount)
                guard changed.contains(where: { $0.overlaps(frame.firstSequence..<end) }) else { return }
                add(
                    frame.records.filter { record in changed.contains { $0.contains(record.sequence) } },
                    notingPlace: false)
            }
        }
        sequences = Self.merged(sequences)
    }

    private mutating func add(_ records: [LogRecord], notingPlace: Bool = true) {
        if notingPlace { sequences += records.map { $0.sequence...$0.sequence } }
        for record in records where record.kind == .event {
            known[InstanceID(record.key), default: Instance(id: record.key)].isInDamage = true
        }
    }

    /// What a salvage would miss.
    private mutating func addLosses(of log: LogSource) throws {
        var losses = InstanceLosses()
        let report: SalvageReport
        do {
            report = try LogSalvage(log.reader).run { frame in
                frame.forEachRecord { losses.add(LogEntry($0, in: frame)) }
            }
        } catch LogError.refused {
            // No header tells the log's identity: nothing can be found behind the damage.
            mayMissMore = true
            return
        }
        sequences += report.damages.compactMap(\.missing)
        mayMissMore = report.damages.contains(where: \.mayMissMore)
        for instance in losses.findings(report).affected {
            known[InstanceID(instance.instance), default: Instance(id: instance.instance)].revisions =
                instance.revisions
            known[InstanceID(instance.instance)]?.isInLostBlock = instance.isInLostBlock
        }
    }

    private static func merged(_ ranges: [ClosedRange<UInt64>]) -> [ClosedRange<UInt64>] {
        ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
            if let last = merged.last, range.lowerBound <= last.upperBound || range.lowerBound - last.upperBound == 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
    }
}
