internal import SayiirEvents
package import SayiirProjection

/// The instances of a log, one a line. Reads the log once.
package struct ListInspection: Inspection {
    /// What the list is ordered by.
    package enum Order: String, CaseIterable, Sendable {
        case id, submitted, updated, duration
    }

    /// Only instances of the workflow with this name.
    package var workflow: String?
    /// Only instances in one of these; if empty, all but deleted ones.
    package var statuses: Set<StatusName> = []
    /// Only instances whose id contains this text.
    package var idPart: String?
    package var order = Order.submitted
    package var isReversed = false
    package var limit: Int?

    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        // Ids are known before decoding; the rest is only once everything was read.
        let (catalogue, _) = try log.readCatalogue(problems, ofKeys: { idPart.map($0.contains) ?? true })
        let chosen = choose(from: catalogue.summaries)
        if console.style.isJSON {
            for summary in chosen { try console.output.line(summary.json) }
        } else {
            let table = InstanceTable(chosen)
            for line in table.lines(console.style) { try console.output.line(line) }
        }
        return try problems.conclude()
    }

    /// The wanted instances in the wanted order.
    func choose(from all: [InstanceOverview]) -> [InstanceOverview] {
        var chosen = all.filter(accepts)
        chosen.sort { isReversed ? precedes($1, $0) : precedes($0, $1) }
        if let limit { chosen.removeLast(max(0, chosen.count - max(0, limit))) }
        return chosen
    }

    private func accepts(_ instance: InstanceOverview) -> Bool {
        if let workflow, instance.workflow != workflow { return false }
        if let idPart, !instance.id.contains(idPart) { return false }
        return statuses.isEmpty ? instance.status != .deleted : statuses.contains(instance.status)
    }

    /// Equal ones stand in the order of their ids, so that the order is always the same.
    private func precedes(_ left: InstanceOverview, _ right: InstanceOverview) -> Bool {
        let ids = (left.id, right.id)
        return switch order {
        case .id: ids.0 < ids.1
        case .submitted: (time(left.submittedAt), ids.0) < (time(right.submittedAt), ids.1)
        case .updated: (time(left.updatedAt), ids.0) < (time(right.updatedAt), ids.1)
        case .duration: (left.duration ?? .zero, ids.0) < (right.duration ?? .zero, ids.1)
        }
    }
}

/// What was never submitted comes first.
private func time(_ time: Timestamp?) -> Int64 { time?.nanosecondsSinceEpoch ?? .min }
