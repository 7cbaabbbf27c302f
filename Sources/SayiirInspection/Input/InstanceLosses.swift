internal import SayiirEvents
internal import SayiirLog

/// Notices which instances lack events, by the revisions of those that are there. Keeps two numbers an instance.
struct InstanceLosses {
    private struct Known {
        var revision: UInt64
        var sequence: UInt64
    }

    /// An instance that lost something.
    struct Affected {
        var instance: String
        /// The revisions that are missing, as far as later ones tell.
        var revisions: [ClosedRange<UInt64>] = []
        /// Whether an index says that it had records in a block that is lost.
        var isInLostBlock = false
    }

    /// What is known once all was read.
    struct Findings {
        /// Instances that provably lost something, by id.
        var affected: [Affected]
        /// Instances of which the last event stands before a loss: it may not be their last.
        var possible: [String]
        /// How many keys had records in lost blocks and have none elsewhere.
        var unknownKeyCount: Int
    }

    private var known: [InstanceID: Known] = [:]
    private var missing: [InstanceID: [ClosedRange<UInt64>]] = [:]
    /// Keys of other records.
    private var otherKeys: Set<ExactText> = []

    /// Looks at one more record that is whole.
    mutating func add(_ entry: LogEntry) {
        guard case .event(let event) = entry.content else {
            otherKeys.insert(ExactText(entry.record.key))
            return
        }
        let instance = InstanceID(entry.record.key)
        let last = known[instance]?.revision ?? 0
        if event.revision > last, event.revision - last > 1 {
            missing[instance, default: []].append(last + 1...event.revision - 1)
        }
        known[instance] = Known(revision: max(last, event.revision), sequence: entry.record.sequence)
    }

    func findings(_ report: SalvageReport) -> Findings {
        var affected: [InstanceID: Affected] = [:]
        for (instance, revisions) in missing {
            // Of a log that retention has shortened, the beginning may be gone by intent.
            let revisions = report.firstSequence == 1 ? revisions : revisions.filter { $0.lowerBound > 1 }
            if !revisions.isEmpty { affected[instance] = Affected(instance: instance.rawValue, revisions: revisions) }
        }
        for instance in known.keys where report.lostKeys.contains(instance.rawValue) {
            affected[instance, default: Affected(instance: instance.rawValue)].isInLostBlock = true
        }
        let others = otherKeys.count { known[InstanceID($0.rawValue)] == nil && report.lostKeys.contains($0.rawValue) }
        let lastLoss = report.damages.filter(\.isLoss).map { $0.missing?.lowerBound ?? .max }.max() ?? 0
        let possible = known.filter { affected[$0.key] == nil && $0.value.sequence < lastLoss }.keys.sorted()
            .map(\.rawValue)
        return Findings(
            affected: affected.sorted { $0.key < $1.key }.map(\.value), possible: possible,
            unknownKeyCount: report.lostKeys.count - others - affected.values.count(where: \.isInLostBlock))
    }
}
