import SayiirEvents

/// An index of many open steps: what is under way, what waits and until when, and what can move.
struct OpenStepIndex: Sendable {
    /// A moment at which a step's wait is over, unless the step has changed since.
    private struct Due: Sendable {
        var time: Timestamp
        var place: Int
    }

    /// The steps that wait for signals of one name, in the order in which they began to; some of them may have changed since.
    private struct Queue: Sendable {
        var places: [Int] = []
        var head = 0
        /// How many of them still wait.
        var count = 0
    }

    /// The slot of each open step.
    var slots: [Int: Int] = [:]
    /// How many do more than hold others.
    private(set) var underWayCount = 0
    /// How many wait for a signal, a moment or another attempt.
    private(set) var waitingCount = 0
    /// Those that move at the next look.
    private var restless: Set<Int> = []
    /// A binary heap, of which the first one holds.
    private var dues: [Due] = []
    private var queues: [ExactText: Queue] = [:]

    var earliest: Timestamp? { dues.first?.time }

    // MARK: Changes

    mutating func note(_ state: StepState, at place: Int) {
        let status = state.status
        if status != .entered { underWayCount += 1 }
        if status.isRestless { restless.insert(place) }
        if status.isWaiting { waitingCount += 1 }
        if let due = status.due { push(Due(time: due, place: place)) }
        if case .awaitingSignal(let name, _) = status {
            queues[ExactText(name), default: Queue()].places.append(place)
            queues[ExactText(name)]?.count += 1
        }
    }

    /// Forgets what was noted, but for the heap and the queues, which are pruned once the step has changed.
    mutating func forget(_ status: StepState.Status, at place: Int) {
        if status != .entered { underWayCount -= 1 }
        if status.isRestless { restless.remove(place) }
        if status.isWaiting { waitingCount -= 1 }
        if case .awaitingSignal(let name, _) = status { queues[ExactText(name)]?.count -= 1 }
    }

    /// Drops what no longer holds from the fronts of the heap and of a queue, and from everywhere once it is most of them.
    ///
    /// - Parameters:
    ///   - old: The status of the step that has changed.
    ///   - entries: The steps of the table.
    mutating func prune(after old: StepState.Status, _ entries: [StepState]) {
        while let first = dues.first, !holds(first, entries) { popFirst() }
        if dues.count > 2 * waitingCount + 64 {
            let kept = dues.filter { holds($0, entries) }
            dues.removeAll(keepingCapacity: true)
            for due in kept { push(due) }
        }
        guard case .awaitingSignal(let text, _) = old else { return }
        let name = ExactText(text)
        guard var queue = queues.removeValue(forKey: name), queue.count > 0 else { return }
        while queue.head < queue.places.count, !isWaiting(queue.places[queue.head], for: name, entries) {
            queue.head += 1
        }
        if queue.places.count > 2 * queue.count + 64 {
            queue.places = queue.places[queue.head...].filter { isWaiting($0, for: name, entries) }
            queue.head = 0
        }
        queues[name] = queue
    }

    private func holds(_ due: Due, _ entries: [StepState]) -> Bool { entries[due.place].status.due == due.time }

    // MARK: The heap

    private mutating func push(_ due: Due) {
        dues.append(due)
        var child = dues.count - 1
        while child > 0, dues[child].time < dues[(child - 1) / 2].time {
            dues.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func popFirst() {
        dues.swapAt(0, dues.count - 1)
        dues.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2 where child < dues.count {
                if dues[child].time < dues[least].time { least = child }
            }
            guard least != parent else { return }
            dues.swapAt(parent, least)
            parent = least
        }
    }

    // MARK: Questions

    func movable(at now: Timestamp, _ mailbox: SignalMailbox, _ entries: [StepState]) -> [Int] {
        var found = restless
        var rest = [0]
        while let place = rest.popLast() {
            guard place < dues.count, dues[place].time <= now else { continue }
            if holds(dues[place], entries) { found.insert(dues[place].place) }
            rest += [2 * place + 1, 2 * place + 2]
        }
        for (name, queue) in queues {
            var wanted = mailbox.count(named: name.rawValue)
            for place in queue.places[queue.head...] {
                guard wanted > 0 else { break }
                guard isWaiting(place, for: name, entries) else { continue }
                // A step that stands twice in the queue is one.
                if found.insert(place).inserted { wanted -= 1 }
            }
        }
        return found.sorted { (slots[$0] ?? 0) < (slots[$1] ?? 0) }
    }

    private func isWaiting(_ place: Int, for name: ExactText, _ entries: [StepState]) -> Bool {
        if case .awaitingSignal(let awaited, _) = entries[place].status {
            name.rawValue.isExactly(awaited)
        } else {
            false
        }
    }
}

extension StepState.Status {
    /// Returns whether two statuses are the same, the bytes of a signal's name included.
    func isExactly(_ other: Self) -> Bool {
        guard case .awaitingSignal(let name, let deadline) = self,
            case .awaitingSignal(let otherName, let otherDeadline) = other
        else { return self == other }
        return deadline == otherDeadline && name.isExactly(otherName)
    }

    /// A Boolean value that indicates whether the step waits for a signal, a moment or another attempt.
    var isWaiting: Bool {
        switch self {
        case .waitingToRetry, .delaying, .awaitingSignal: true
        case .ready, .running, .inDoubt, .entered, .failed, .completed: false
        }
    }

    /// When the step's wait is over by itself; `nil` if it is not.
    var due: Timestamp? {
        switch self {
        case .waitingToRetry(let moment), .delaying(let moment): moment
        case .awaitingSignal(_, let deadline): deadline
        case .ready, .running, .inDoubt, .entered, .failed, .completed: nil
        }
    }

    /// A Boolean value that indicates whether the step moves at the next look.
    var isRestless: Bool {
        switch self {
        case .ready, .failed: true
        case .running, .waitingToRetry, .inDoubt, .delaying, .awaitingSignal, .entered, .completed: false
        }
    }
}
