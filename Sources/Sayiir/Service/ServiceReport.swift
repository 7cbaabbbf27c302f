internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// What an engine's service has met that an operator has to know of.
final class ServiceReport: Sendable {
    private struct Contents {
        /// The instances that no registered workflow serves, and what they go by.
        var unserved: [InstanceID: ServedWorkflow] = [:]
        var stuck: Set<InstanceID> = []
        /// What storage refused last, if it has accepted nothing since, and of which instance.
        var storageFailure: (text: String, instance: InstanceID?)?
        /// The number of times that the service runs now.
        var runCount = 0
    }

    private let contents = Monitor(Contents())

    /// Whether the service runs.
    var isRunning: Bool { contents.withLock { $0.runCount > 0 } }

    /// Notes that the service runs, once more if it does already.
    func beginService() { contents.withLock { $0.runCount += 1 } }

    /// Notes that the service has ended.
    func endService() { contents.withLock { $0.runCount -= 1 } }

    /// What storage refused last, if it has accepted nothing since.
    var storageFailure: String? { contents.withLock { $0.storageFailure?.text } }

    /// Notes that storage refused something, of an instance if it was of one.
    func noteFailure(_ text: String, of instance: InstanceID? = nil) {
        contents.withLock { $0.storageFailure = (text, instance) }
    }

    /// Notes that storage has accepted something.
    func noteSuccess() { contents.withLock { $0.storageFailure = nil } }

    /// Notes that an instance was looked at without an error: if storage refused something of it before, that is over.
    func noteSuccess(of instance: InstanceID) {
        contents.withLock { if $0.storageFailure?.instance == instance { $0.storageFailure = nil } }
    }

    /// Notes an instance that no registered workflow serves.
    func addUnserved(_ id: InstanceID, _ workflow: ServedWorkflow) {
        contents.withLock { $0.unserved[id] = workflow }
    }

    /// Notes how an instance was left.
    ///
    /// - Returns: Whether it is stuck and was not before.
    @discardableResult
    func note(_ state: InstanceState) -> Bool {
        contents.withLock { contents in
            contents.unserved[state.id] = nil
            guard state.stuckSteps.isEmpty else { return contents.stuck.insert(state.id).inserted }
            contents.stuck.remove(state.id)
            return false
        }
    }

    /// Some of the instances that are noted, other ones each time.
    func someNoted(limit: Int) -> [InstanceID] {
        contents.withLock { contents in
            let noted = Array(contents.unserved.keys) + contents.stuck.filter { contents.unserved[$0] == nil }
            return noted.count > limit ? Array(noted.shuffled().prefix(limit)) : noted
        }
    }

    /// Takes in the state of an instance that was noted before: another program may have moved it.
    func review(_ id: InstanceID, _ state: InstanceState?, isServed: Bool) {
        contents.withLock { contents in
            let isLive = state.map { !$0.phase.isEnded } ?? false
            if !isLive || isServed { contents.unserved[id] = nil }
            if !isLive || state?.stuckSteps.isEmpty == true { contents.stuck.remove(id) }
        }
    }

    /// Forgets an instance that has ended.
    func forget(_ id: InstanceID) {
        contents.withLock { contents in
            contents.unserved[id] = nil
            contents.stuck.remove(id)
        }
    }

    /// Replaces what is known of unserved instances.
    func setUnserved(_ instances: [InstanceSummary]) {
        var unserved: [InstanceID: ServedWorkflow] = [:]
        for instance in instances { unserved[instance.id] = instance.served }
        contents.withLock { $0.unserved = unserved }
    }

    /// Forgets the unserved instances that are served by now.
    func removeServed(by registry: WorkflowRegistry) {
        contents.withLock { contents in
            contents.unserved = contents.unserved.filter { registry.graph(of: $0.value) == nil }
        }
    }

    /// How many instances are unserved, and how many are stuck.
    var counts: ServiceCounts {
        contents.withLock { ServiceCounts(unserved: $0.unserved.count, stuck: $0.stuck.count) }
    }

    /// How many instances of each workflow are unserved.
    var unservedByWorkflow: [ServedWorkflow: Int] {
        contents.withLock { contents in
            contents.unserved.values.reduce(into: [:]) { counts, workflow in counts[workflow, default: 0] += 1 }
        }
    }
}

extension InstanceSummary {
    /// The name and the definition of its workflow; `nil` if nothing was submitted under its id.
    var served: ServedWorkflow? { definition.map { ServedWorkflow(name: workflow, definition: $0) } }
}

/// How many instances need an operator's attention.
public struct ServiceCounts: Hashable, Sendable {
    /// The live instances that no registered workflow serves.
    public var unserved: Int
    /// The instances with a stored value that this program cannot decode.
    public var stuck: Int

    /// Describes counts.
    public init(unserved: Int, stuck: Int) {
        self.unserved = unserved
        self.stuck = stuck
    }
}
