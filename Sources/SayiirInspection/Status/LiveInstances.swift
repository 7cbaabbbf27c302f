internal import SayiirEvents
internal import SayiirProjection

/// What those instances are at that have not ended.
struct LiveInstances {
    /// What an instance may wait for.
    enum Wait: Hashable {
        case doubt
        case delay
        case retry
        /// A signal that has not arrived.
        case signal(ExactText)
    }

    /// How many instances wait for one thing, and a place in a list of them.
    struct WaitCount: Hashable {
        var wait: Wait
        var instances: Int
    }

    /// When something happens by itself.
    struct Due: Hashable {
        var instance: String
        var step: Step
        var wait: Wait
        var time: Timestamp
    }

    private var counts: [Wait: Int] = [:]
    /// How many there are, those that only signals were sent to among them.
    private(set) var count = 0
    /// The one that was submitted first.
    private(set) var oldest: InstanceOverview?
    /// What happens first by itself.
    private(set) var nextDue: Due?
    /// How many no service serves.
    private(set) var unservedCount = 0

    /// - Parameters:
    ///   - states: Instances, of which those that have ended do not count.
    ///   - served: What is served.
    init(_ states: some Sequence<InstanceState>, served: ServedWorkflows = ServedWorkflows()) {
        var oldest: InstanceState?
        for state in states where !state.phase.isEnded {
            count += 1
            if served.isUnserved(state) { unservedCount += 1 }
            if let time = state.submittedAt {
                let known = oldest.flatMap { known in known.submittedAt.map { ($0, known.id) } }
                if known.map({ (time, state.id) < $0 }) ?? true { oldest = state }
            }
            // What a paused one waited for does not wake it.
            if state.phase == .active { addWaits(of: state) }
        }
        self.oldest = oldest.map(InstanceOverview.init)
    }

    /// Those of whom it is known only how many they are, and which is the oldest.
    init(count: Int, oldest: InstanceOverview?) {
        self.count = count
        self.oldest = oldest
    }

    /// An instance counts once for each thing that it waits for, however many of its steps do.
    private mutating func addWaits(of state: InstanceState) {
        var waits: Set<Wait> = []
        for known in state.steps.open {
            guard let (wait, due) = state.wait(of: known) else { continue }
            waits.insert(wait)
            guard let due else { continue }
            let candidate = Due(instance: state.id.rawValue, step: known.step, wait: wait, time: due)
            if nextDue.map({ (due, state.id) < ($0.time, InstanceID($0.instance)) }) ?? true { nextDue = candidate }
        }
        for wait in waits { counts[wait, default: 0] += 1 }
    }

    /// What is waited for, by most instances first.
    var waits: [WaitCount] {
        counts.map { WaitCount(wait: $0, instances: $1) }.sorted {
            ($1.instances, $0.wait.rank, ExactText($0.wait.signal ?? "")) < (
                $0.instances, $1.wait.rank, ExactText($1.wait.signal ?? "")
            )
        }
    }
}

extension LiveInstances.Wait {
    /// The name in JSON.
    var name: String {
        switch self {
        case .doubt: "doubt"
        case .delay: "delay"
        case .retry: "retry"
        case .signal: "signal"
        }
    }

    /// The signal's name, if it is one.
    var signal: String? {
        if case .signal(let name) = self { name.rawValue } else { nil }
    }

    /// Where nothing else decides, what needs a person comes first.
    fileprivate var rank: Int {
        switch self {
        case .doubt: 0
        case .delay: 1
        case .retry: 2
        case .signal: 3
        }
    }
}

extension InstanceState {
    /// What a step waits for, and when that is over by itself; `nil` if it does not wait.
    fileprivate func wait(of known: StepState) -> (LiveInstances.Wait, due: Timestamp?)? {
        switch known.status {
        case .inDoubt: (.doubt, nil)
        case .delaying(let until): (.delay, until)
        case .waitingToRetry(let time): (.retry, time)
        case .awaitingSignal(let name, let deadline):
            mailbox.first(named: name) == nil ? (.signal(ExactText(name)), deadline) : nil
        case .ready, .running, .entered, .failed, .completed: nil
        }
    }
}
