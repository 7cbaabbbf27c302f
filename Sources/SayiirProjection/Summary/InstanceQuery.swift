package import SayiirEvents

/// Which instances are wanted, and in which order.
package struct InstanceQuery: Sendable {
    /// What the instances are ordered by.
    package enum Order: String, CaseIterable, Sendable {
        case id, submitted, updated, duration
    }

    /// Only instances of the workflow with this name.
    package var workflow: String?
    /// Only instances in one of these; if empty, all but deleted ones.
    package var statuses: Set<StatusName> = []
    /// Only instances whose id contains this text.
    package var idPart: String?
    /// Only instances with this tag.
    package var tag: String?
    /// Only instances that failed with an error whose type or message contains this text, whatever its case.
    package var errorPart: String?
    /// Only instances whose last event is not earlier.
    package var since: Timestamp?
    /// Only instances whose last event is not later.
    package var until: Timestamp?
    package var order = Order.submitted
    package var isReversed = false
    package var limit: Int?

    package init() {}

    /// The wanted ones of `all` in the wanted order.
    package func choose(from all: [InstanceOverview]) -> [InstanceOverview] {
        var chosen = all.filter(accepts)
        chosen.sort { isReversed ? precedes($1, $0) : precedes($0, $1) }
        if let limit { chosen.removeLast(max(0, chosen.count - max(0, limit))) }
        return chosen
    }

    private func accepts(_ instance: InstanceOverview) -> Bool {
        if let workflow, !instance.workflow.isExactly(workflow) { return false }
        if let idPart, !instance.id.containsExactly(idPart) { return false }
        if let tag, !instance.tags.contains(where: { $0.isExactly(tag) }) { return false }
        if let errorPart, instance.failure.map({ Self.contains(errorPart, inError: $0.description) }) != true {
            return false
        }
        if let since, (instance.updatedAt ?? .distantPast) < since { return false }
        if let until, (instance.updatedAt ?? .distantPast) > until { return false }
        return statuses.isEmpty ? instance.status != .deleted : statuses.contains(instance.status)
    }

    /// Returns whether an error's text contains another text, whatever the case of both.
    package static func contains(_ part: String, inError text: String) -> Bool {
        text.lowercased().containsExactly(part.lowercased())
    }

    /// Equal ones stand in the order of their ids, so that the order is always the same.
    private func precedes(_ left: InstanceOverview, _ right: InstanceOverview) -> Bool {
        let ids = (ExactText(left.id), ExactText(right.id))
        return switch order {
        case .id: ids.0 < ids.1
        case .submitted: (left.submittedAt ?? .distantPast, ids.0) < (right.submittedAt ?? .distantPast, ids.1)
        case .updated: (left.updatedAt ?? .distantPast, ids.0) < (right.updatedAt ?? .distantPast, ids.1)
        case .duration: (left.duration ?? .zero, ids.0) < (right.duration ?? .zero, ids.1)
        }
    }
}

extension Timestamp {
    /// Before everything: where what was never submitted stands.
    fileprivate static var distantPast: Timestamp { Timestamp(nanosecondsSinceEpoch: .min) }
}
