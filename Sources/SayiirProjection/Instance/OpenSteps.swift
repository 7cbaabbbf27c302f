import SayiirEvents

/// The indices of a table's steps that have not completed, in the order in which they were opened.
///
/// A few are searched. Many are indexed, so that a table with thousands of open steps changes, and finds what can move, without a walk
/// over all of them. Every method takes the table's entries; those of the open steps must be as they were last noted here.
struct OpenSteps: Sendable {
    /// Indices into the table; `closed` where a step has completed since.
    private var slots: [Int] = []
    private(set) var count = 0
    /// Empty, or the one index: an array, so that it takes one word here and is shared by copies until one changes.
    private var index: [OpenStepIndex] = []

    fileprivate static let closed = -1
    /// More than this many are indexed; a quarter of it are searched again.
    private static let searchedWithoutIndex = 32

    init() {}

    /// The open steps of a table that was read.
    init(_ places: [Int], in entries: [StepState]) {
        slots = places
        count = places.count
        if count > Self.searchedWithoutIndex { buildIndex(entries) }
    }

    /// The indices of the open steps, in the order in which they were opened.
    var places: Places { Places(slots: slots[...]) }

    /// The indices of open steps, in the order in which they were opened.
    struct Places: Sequence, IteratorProtocol, Sendable {
        fileprivate var slots: ArraySlice<Int>

        mutating func next() -> Int? {
            while let place = slots.popFirst() {
                if place != OpenSteps.closed { return place }
            }
            return nil
        }
    }

    /// The index of an open step among those in the slots that were taken last; `nil` if it is in none of them.
    ///
    /// - Complexity: O(`limit`).
    func recent(_ step: Step, _ limit: Int, in entries: [StepState]) -> Int? {
        for place in slots.suffix(limit).reversed() where place != Self.closed && entries[place].step == step {
            return place
        }
        return nil
    }

    /// A Boolean value that indicates whether changes of a step's status have to be noted.
    var isIndexed: Bool { !index.isEmpty }

    // MARK: Changes

    /// Adds a step at the end.
    ///
    /// - Complexity: O(log n), amortized.
    mutating func open(_ place: Int, _ entries: [StepState]) {
        slots.append(place)
        count += 1
        if isIndexed {
            index[0].slots[place] = slots.count - 1
            index[0].note(entries[place], at: place)
        } else if count > Self.searchedWithoutIndex {
            buildIndex(entries)
        }
    }

    /// Removes a step.
    ///
    /// - Complexity: O(1), amortized.
    mutating func close(_ place: Int) {
        guard isIndexed else {
            guard let slot = slots.lastIndex(of: place) else { return }
            slots.remove(at: slot)
            count -= 1
            return
        }
        guard let slot = index[0].slots.removeValue(forKey: place) else { return }
        slots[slot] = Self.closed
        count -= 1
        if count <= Self.searchedWithoutIndex / 4 {
            slots.removeAll { $0 == Self.closed }
            index = []
        } else if slots.count > 2 * count {
            slots.removeAll { $0 == Self.closed }
            for (slot, place) in slots.enumerated() { index[0].slots[place] = slot }
        }
    }

    /// Takes a change of an open step's status into account, or its opening or closing.
    ///
    /// - Complexity: O(log n), amortized.
    mutating func noteChange(from old: StepState.Status, at place: Int, _ entries: [StepState]) {
        let new = entries[place].status
        guard isIndexed, !new.isExactly(old) else { return }
        if old != .completed { index[0].forget(old, at: place) }
        switch (old == .completed, new == .completed) {
        case (false, true): close(place)
        case (true, false): open(place, entries)
        case (false, false): index[0].note(entries[place], at: place)
        case (true, true): break
        }
        if isIndexed { index[0].prune(after: old, entries) }
    }

    private mutating func buildIndex(_ entries: [StepState]) {
        var built = OpenStepIndex()
        built.slots.reserveCapacity(2 * slots.count)
        for (slot, place) in slots.enumerated() {
            built.slots[place] = slot
            built.note(entries[place], at: place)
        }
        index = [built]
    }

    // MARK: Questions

    /// How many open steps do more than hold others; two if there are more.
    ///
    /// - Complexity: O(1) where the steps are indexed.
    func underWayCount(_ entries: [StepState]) -> Int {
        if let index = index.first { return min(index.underWayCount, 2) }
        var count = 0
        for place in places where entries[place].status != .entered {
            count += 1
            if count > 1 { break }
        }
        return count
    }

    /// Whether steps wait for a signal, a moment or another attempt, and when the first such wait is over by itself.
    ///
    /// - Complexity: O(1) where the steps are indexed.
    func waits(_ entries: [StepState]) -> (isAny: Bool, earliest: Timestamp?) {
        if let index = index.first { return (index.waitingCount > 0, index.earliest) }
        var (isAny, earliest): (Bool, Timestamp?) = (false, nil)
        for place in places where entries[place].status.isWaiting {
            isAny = true
            if let due = entries[place].status.due { earliest = earliest.map { min($0, due) } ?? due }
        }
        return (isAny, earliest)
    }

    /// The open steps that can move without help from outside, in the order in which they were opened.
    ///
    /// - Complexity: O(k log k) in their number, where the steps are indexed.
    func movable(at now: Timestamp, _ mailbox: SignalMailbox, _ entries: [StepState]) -> [Int] {
        if let index = index.first { return index.movable(at: now, mailbox, entries) }
        return places.filter { place in
            switch entries[place].status {
            case .ready, .failed: true
            case .waitingToRetry(let due), .delaying(let due): due <= now
            case .awaitingSignal(let name, let deadline):
                mailbox.first(named: name) != nil || deadline.map { $0 <= now } ?? false
            case .running, .inDoubt, .entered, .completed: false
            }
        }
    }
}
