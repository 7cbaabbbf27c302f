internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// The events that a new instance has in common with the one it comes from.
///
/// Always a beginning of the source's history, so that revisions stay what they are: events that name one stay right.
struct CopiedPast {
    /// The events, as the new instance's.
    private(set) var events: [Event]
    /// The value that was put in place of another one, if one was.
    private(set) var replacement: Payload?
    /// The state after the events.
    let state: InstanceState

    /// Copies a past.
    ///
    /// - Parameters:
    ///   - history: The source's events from its first on.
    ///   - source: The instance that they are of.
    ///   - revision: The last revision that is copied; all if `nil`.
    ///   - change: Where another value stands, and the value. Nothing is copied behind the event that brought it.
    ///   - id: The new instance.
    /// - Throws: ``WorkflowError/notForkable(_:reason:)``.
    init(
        of history: [Event], of source: InstanceID, upTo revision: UInt64?,
        changing change: (place: ChangedPlace, value: Payload)?, as id: InstanceID
    ) throws(WorkflowError) {
        let last = history.last?.revision ?? 0
        let end = revision ?? last
        guard end >= 1, end <= last else {
            throw .notForkable(source, reason: "it has no revision \(end): its last one is \(last)")
        }
        guard history.first?.revision == 1 else {
            throw .notForkable(source, reason: "the beginning of its history is gone")
        }
        events = history.filter { $0.revision <= end }
        if let change {
            guard let place = Self.place(of: change.place, in: events, source) else {
                throw .notForkable(source, reason: "\(change.place) had not completed at revision \(end)")
            }
            events.removeSubrange((place + 1)...)
            replacement = Self.replace(with: change.value, at: place, in: &events)
            if replacement == nil {
                throw .notForkable(
                    source, reason: "\(change.place) has no value of its own; change that of a step in it")
            }
        }
        for index in events.indices { events[index].instance = id }
        state = InstanceState(folding: events) ?? InstanceState(id)
        if let reason = Self.obstacle(in: state) { throw .notForkable(source, reason: reason) }
    }

    /// Takes an instance out of a bundle, whole.
    ///
    /// - Throws: ``WorkflowError/notImportable(_:reason:)``, ``WorkflowError/newerHistory(_:)``,
    ///   ``BackendError/unreadableEvent(instance:sequence:file:offset:reason:)``.
    init(of bundle: RecordBundle) throws(WorkflowError) {
        let id = InstanceID(bundle.key)
        guard bundle.withheld.isEmpty else {
            throw .notImportable(
                id, reason: "\(bundle.withheld.count) of its records are withheld: only their hashes are there")
        }
        var events: [Event] = []
        for entry in bundle.entries {
            let event: Event?
            do throws(BackendError) {
                event = try entry.record.event(in: "a bundle", at: nil)
            } catch {
                throw .backend(error)
            }
            guard let event else { continue }
            let expected = UInt64(events.count) + 1
            guard event.revision == expected else {
                throw .notImportable(
                    id, reason: "its history is not whole: revision \(event.revision) stands where \(expected) should")
            }
            events.append(event)
        }
        self.events = events
        state = InstanceState(folding: events) ?? InstanceState(id)
        if state.hasUnknownEvents { throw .newerHistory(id) }
        if state.phase == .deleted { throw .notImportable(id, reason: "it was deleted where it comes from") }
    }

    /// Where the value came from that the copy has: the last time, if it came several times.
    private static func place(of changed: ChangedPlace, in events: [Event], _ source: InstanceID) -> Int? {
        var state = InstanceState(source)
        var place: Int?
        for (index, event) in events.enumerated() {
            let (run, hadCompleted) = (state.run, state.hasCompleted(changed))
            state.apply(event)
            if !state.hasCompleted(changed) {
                place = nil
            } else if !hadCompleted || state.run != run {
                place = index
            }
        }
        return place
    }

    /// Puts a value in place of the one that an event brought. What was not to be shown stays so.
    ///
    /// - Returns: The value as it stands there; `nil` if the event brought none.
    private static func replace(with value: Payload, at place: Int, in events: inout [Event]) -> Payload? {
        var value = value
        func marked(as old: Payload) -> Payload {
            value.isSensitive = value.isSensitive || old.isSensitive
            return value
        }
        switch events[place].body {
        case .submitted(var body):
            body.input = marked(as: body.input)
            events[place].body = .submitted(body)
        case .taskCheckpointed(var body):
            body.output = marked(as: body.output)
            events[place].body = .taskCheckpointed(body)
        case .doubtResolved(var body):
            guard case .completed(let old) = body.resolution else { return nil }
            body.resolution = .completed(output: marked(as: old))
            events[place].body = .doubtResolved(body)
        case .signalTimedOut(var body):
            guard let old = body.fallback else { return nil }
            body.fallback = marked(as: old)
            events[place].body = .signalTimedOut(body)
        case .signalConsumed(let consumed):
            // The value is in the event of its arrival.
            guard let arrival = events.firstIndex(where: { $0.revision == consumed.receivedRevision }),
                case .signalReceived(var body) = events[arrival].body
            else { return nil }
            body.payload = marked(as: body.payload)
            events[arrival].body = .signalReceived(body)
        default: return nil
        }
        return value
    }

    /// Why an instance cannot go on from a state; `nil` if it can.
    private static func obstacle(in state: InstanceState) -> String? {
        switch state.phase {
        case .unsubmitted: "nothing had been submitted at revision \(state.revision)"
        case .completed, .failed, .cancelled, .superseded, .deleted:
            "its run had ended at revision \(state.revision) (\(state.status.name)); choose an earlier one"
        case .active, .paused:
            state.cancelRequest == nil
                ? nil : "it was about to be cancelled at revision \(state.revision); choose an earlier one"
        }
    }
}

extension InstanceState {
    fileprivate func hasCompleted(_ place: ChangedPlace) -> Bool {
        switch place {
        case .input: input != nil
        case .output(let step): steps[step]?.isCompleted == true
        }
    }
}
