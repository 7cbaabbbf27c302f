internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// A filter that is told of all events in order, and so learns which instances are of a workflow.
struct EventSelection {
    let filter: EventFilter
    let workflow: String?
    let since: Moment?
    private let errorPart: String?
    /// The workflow's instances, by hashes of their ids: eight bytes each.
    private var members: Set<UInt64> = []

    /// - Parameters:
    ///   - filter: What a record is asked by itself.
    ///   - workflow: Only events from an instance's submission to this workflow on; `nil` for all.
    ///   - errorPart: Only errors with this text in them, whatever its case; `nil` for all events.
    ///   - since: Only what was recorded from then on; `nil` for all.
    init(filter: EventFilter, workflow: String?, errorPart: String?, since: Moment?) {
        self.filter = filter
        self.workflow = workflow
        self.since = since
        self.errorPart = errorPart?.lowercased()
    }

    /// Whether a record is wanted. What cannot be decoded is, whatever it should have been.
    mutating func accepts(_ entry: LogEntry) -> Bool {
        let isMember = isMember(entry)
        guard isMember, since?.isReached(by: entry) ?? true, filter.accepts(entry) else { return false }
        guard let errorPart else { return true }
        switch entry.content {
        case .event(let event):
            return event.body.failure.map { $0.description.lowercased().contains(errorPart) } ?? false
        case .unreadable: return true
        case .definition, .skippable: return false
        }
    }

    private mutating func isMember(_ entry: LogEntry) -> Bool {
        guard let workflow else { return true }
        let hash = KeyTallies.hash(of: entry.record.key)
        if case .event(let event) = entry.content, case .submitted(let body) = event.body {
            if body.workflow.isExactly(workflow) { members.insert(hash) } else { members.remove(hash) }
        }
        return members.contains(hash)
    }
}

extension Moment {
    /// Whether a record was made then or later.
    fileprivate func isReached(by entry: LogEntry) -> Bool {
        switch self {
        case .sequence(let first): entry.record.sequence >= first
        case .time(let first): entry.time >= first
        }
    }
}

extension Event.Body {
    /// The error that the event records.
    fileprivate var failure: Failure? {
        switch self {
        case .taskFailed(let body): body.failure
        case .failed(let body): body.failure
        case .taskTimedOut(let body): Failure(body)
        case .doubtResolved(let body):
            if case .failed(let failure) = body.resolution { failure } else { nil }
        default: nil
        }
    }
}
