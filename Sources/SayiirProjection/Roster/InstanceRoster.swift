package import SayiirEvents

/// All instances of a log, folded from its events: the states of those that are live, summaries of those that have ended.
///
/// Payloads are dropped on the way in: memory goes with what is alive. If an ended instance has further events (a new run, a late
/// signal), its summary cannot take them: such instances are ``revived``, and want a second reading, for them alone.
package struct InstanceRoster<Summary> {
    /// The instances that have not ended.
    package private(set) var live: [InstanceID: InstanceState] = [:]
    /// Summaries of those that have.
    package private(set) var ended: [InstanceID: Summary] = [:]
    /// Instances that had ended and went on.
    package private(set) var revived: Set<InstanceID> = []
    private let summarize: (InstanceState) -> Summary

    /// Begins without instances.
    package init(summarizing summarize: @escaping (InstanceState) -> Summary) { self.summarize = summarize }

    /// Takes one more event into account, in the log's order.
    package mutating func add(_ event: Event) {
        let id = event.instance
        if revived.contains(id) { return }
        if ended.removeValue(forKey: id) != nil {
            revived.insert(id)
            return
        }
        live[id, default: InstanceState(id)].apply(event.withoutPayloads)
        if event.body.mayEndRun, let state = live[id], state.phase.isEnded {
            ended[id] = summarize(state)
            live[id] = nil
        }
    }

    /// Takes an event into account in the second reading, if it is a revived instance's.
    package mutating func addAgain(_ event: Event) {
        guard revived.contains(event.instance) else { return }
        live[event.instance, default: InstanceState(event.instance)].apply(event.withoutPayloads)
    }

    /// All instances, in no particular order. Those that were revived and have ended again are among the states.
    package var summaries: [Summary] { Array(ended.values) + live.values.map(summarize) }
}
