internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// What an engine's service has met that an operator has to know of.
final class ServiceReport: Sendable {
    private struct Contents {
        /// The instances that no registered workflow serves, and what they go by.
        var unserved: [InstanceID: ServedWorkflow] = [:]
        var stuck: Set<InstanceID> = []
        /// What storage refused last, if it has accepted nothing since.
        var storageFailure: String?
        var isRunning = false
    }

    private let contents = Monitor(Contents())

    /// Whether the service runs.
    var isRunning: Bool {
        get { contents.withLock { $0.isRunning } }
        set { contents.withLock { $0.isRunning = newValue } }
    }

    /// What storage refused last, if it has accepted nothing since.
    var storageFailure: String? {
        get { contents.withLock { $0.storageFailure } }
        set { contents.withLock { $0.storageFailure = newValue } }
    }

    /// Notes an instance that no registered workflow serves.
    func addUnserved(_ id: InstanceID, _ workflow: ServedWorkflow) {
        contents.withLock { $0.unserved[id] = workflow }
    }

    /// Notes how an instance was left.
    func note(_ state: InstanceState) {
        contents.withLock { contents in
            contents.unserved[state.id] = nil
            if state.stuckSteps.isEmpty {
                contents.stuck.remove(state.id)
            } else {
                contents.stuck.insert(state.id)
            }
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
        contents.withLock { contents in
            contents.unserved = [:]
            for instance in instances {
                contents.unserved[instance.id] = instance.served
            }
        }
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
    /// What the instance goes by; `nil` if nothing was submitted under its id.
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
