public import SayiirEvents

/// All that is known of one instance: the fold over its events.
///
/// ```swift
/// let state = InstanceState(folding: history.map(\.event))
/// print(state?.status as Any, state?.steps.map(\.step) as Any)
/// ```
///
/// The fold is pure and total: every event is accepted in every state, nothing traps, and what makes no sense is
/// noted in ``anomalies``. Applying an event costs constant time, whatever the length of the history.
public struct InstanceState: Hashable, Sendable {
    /// The instance.
    public let id: InstanceID
    /// The number of its current run, from 1; 0 before anything was submitted.
    public internal(set) var run: UInt64 = 0
    /// The revision of the last event that was applied; 0 before the first.
    public internal(set) var revision: UInt64 = 0
    /// Where the current run stands.
    public internal(set) var phase: InstancePhase = .unsubmitted
    /// The workflow's name; empty before anything was submitted.
    public internal(set) var workflow = ""
    /// The hash of the definition that the run goes by.
    public internal(set) var definition: DefinitionHash?
    /// The workflow's input.
    public internal(set) var input: Payload?
    /// The workflow's own metadata, if it has any.
    public internal(set) var metadata: Payload?
    /// From 1 (critical) to 5 (minimal).
    public internal(set) var priority: UInt32 = 3
    /// What a worker must offer to run it.
    public internal(set) var tags: [String] = []
    /// The trace that the current run's submission belongs to.
    public internal(set) var traceContext: TraceContext?
    /// When the current run fails if it has not ended; `nil` if it may take as long as it likes.
    public internal(set) var deadline: Timestamp?
    /// The steps of the current run, in the order in which they first appeared.
    public internal(set) var steps = StepTable()
    /// The steps that cannot go on, because a stored value could not be decoded; see ``/SayiirEvents/Event/StepStuck``. Few or none.
    public internal(set) var stuckSteps: [StuckStep] = []
    /// The signals that no node has consumed.
    public internal(set) var mailbox = SignalMailbox()
    /// The request to cancel: pending while the run goes on, and the one that was applied once it is cancelled.
    public internal(set) var cancelRequest: ControlRequest?
    /// The request to pause: pending while the run is active, and the one that was applied while it is paused.
    public internal(set) var pauseRequest: ControlRequest?
    /// The step that a cancellation interrupted.
    public internal(set) var interruptedStep: Step?
    /// The step whose output is the workflow's; `nil` if that is the input, or if the run has not completed.
    public internal(set) var resultStep: Step?
    /// The error that ended the run.
    public internal(set) var failure: Failure?
    /// The step that ended the run with its error.
    public internal(set) var failedStep: Step?
    /// Where the instance's past came from, if not from its own run.
    public internal(set) var lineage: Lineage?
    /// Who recorded, last, that it holds the instance; `nil` if nobody did or the lease was lost.
    public internal(set) var leaseHolder: LeaseHolder?
    /// The highest fencing epoch that was recorded.
    public internal(set) var leaseEpoch: UInt64 = 0
    /// When the current run was submitted; of a fork, when it was made from its source.
    public internal(set) var submittedAt: Timestamp?
    /// When the last event was recorded.
    public internal(set) var updatedAt: Timestamp?
    /// When the current run ended.
    public internal(set) var endedAt: Timestamp?
    /// Whether events were met that this build does not know, or not wholly. A newer build then knows more of this
    /// instance, and nobody should decide about it with this one.
    public internal(set) var hasUnknownEvents = false
    /// What made no sense, in the order in which it was met.
    public internal(set) var anomalies: [Anomaly] = []

    /// The state of an instance that has no events.
    public init(_ id: InstanceID) { self.id = id }

    /// The state after `events`, which are one instance's in the order of their revisions; `nil` if there are none.
    public init?(folding events: some Sequence<Event>) {
        var iterator = events.makeIterator()
        guard let first = iterator.next() else { return nil }
        self.init(first.instance)
        apply(first)
        while let event = iterator.next() { apply(event) }
    }

    /// Makes room for so many steps, for a state that is about to take their events one by one.
    package mutating func reserveCapacity(forSteps count: Int) { steps.reserveCapacity(count) }

    /// The moment at which something can be decided without help from outside: the first wait is over, or the deadline has
    /// come. `nil` if there is no such moment, or if the run is paused or has ended.
    package var nextAlarm: Timestamp? {
        guard phase == .active else { return nil }
        let earliest = steps.waits.earliest
        guard let deadline else { return earliest }
        return earliest.map { min($0, deadline) } ?? deadline
    }

    /// The workflow's output once it completed; `nil` before, or if the result step's output is composed of others'.
    public var output: Payload? {
        guard phase == .completed else { return nil }
        guard let resultStep else { return input }
        return steps[resultStep]?.output
    }

    /// What the instance is doing. Costs time in proportion to the steps that are under way, not to its history.
    public var status: InstanceStatus {
        switch phase {
        case .unsubmitted: .unsubmitted
        case .active: activity
        case .paused: .paused(pauseRequest ?? ControlRequest(time: updatedAt ?? .epoch))
        case .completed: .completed
        case .failed: .failed(failure ?? Failure(type: "", message: "unknown error"))
        case .cancelled: .cancelled(cancelRequest ?? ControlRequest(time: endedAt ?? .epoch))
        case .superseded: .superseded
        case .deleted: .deleted
        }
    }

    /// The status of an active instance: parked only if nothing but waiting is left, and then by the wait that can
    /// end first.
    private var activity: InstanceStatus {
        var parked: InstanceStatus?
        var earliest: Timestamp?
        var doubt: InstanceStatus?
        for state in steps.open {
            switch state.status {
            case .ready where isStuck(state.step): continue
            case .ready, .running, .waitingToRetry, .failed: return .inProgress
            case .inDoubt: doubt = doubt ?? .inDoubt(step: state.step)
            case .delaying(let until):
                if let earliest, earliest <= until { continue }
                earliest = until
                parked = .waiting(step: state.step, until: until)
            case .awaitingSignal(let signal, let deadline):
                let isEarlier = deadline.map { deadline in earliest.map { deadline < $0 } ?? true } ?? false
                guard parked == nil || isEarlier else { continue }
                earliest = deadline ?? earliest
                parked = .awaitingSignal(step: state.step, signal: signal, deadline: deadline)
            case .entered, .completed: continue
            }
        }
        let stuck = stuckSteps.first.map { InstanceStatus.stuck(step: $0.step, value: $0.value) }
        return doubt ?? stuck ?? parked ?? .inProgress
    }

    /// A Boolean value that indicates whether a program that can decode other values may move the instance, though nothing has happened to
    /// it: a step is stuck, or waits for a signal of which some were rejected.
    package var mayNeedOtherProgram: Bool {
        guard stuckSteps.isEmpty else { return true }
        guard mailbox.hasRejected else { return false }
        return steps.open.contains { known in
            if case .awaitingSignal(let name, _) = known.status { mailbox.hasRejected(named: name) } else { false }
        }
    }

    /// Returns whether the step cannot go on in a program that cannot decode the value it needs.
    public func isStuck(_ step: Step) -> Bool { !stuckSteps.isEmpty && stuckSteps.contains { $0.step == step } }
}

extension Timestamp {
    /// 1970-01-01T00:00:00Z.
    static var epoch: Timestamp { Timestamp(nanosecondsSinceEpoch: 0) }
}
