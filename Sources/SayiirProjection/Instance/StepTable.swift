public import SayiirEvents

/// The steps of one run, in the order in which they first appeared.
///
/// Looking up a step costs constant time; the steps that have not completed are at hand without a search.
public struct StepTable: Hashable, Sendable {
    private(set) var entries: [StepState] = []
    /// Empty while there are so few entries that a search is quicker and smaller.
    private var index = StepIndex()
    /// Places of the entries that are not completed, in the order in which they were opened.
    private(set) var openPlaces: [Int] = []

    private static let searchedWithoutIndex = 8

    /// A table without steps.
    init() {}

    /// A table of these steps; `nil` if one is there twice, or if `openPlaces` are not the places of those that have not
    /// completed, in some order.
    init?(_ entries: [StepState], openPlaces: [Int]) {
        self.entries = entries
        self.openPlaces = openPlaces
        if entries.count > Self.searchedWithoutIndex { extendIndex() }
        guard hasDistinctSteps, hasRightOpenPlaces else { return nil }
    }

    /// What is known of `step`; `nil` if it has not begun. A copy: who wants a member only is quicker with ``index(of:)``.
    public subscript(step: Step) -> StepState? {
        index(of: step).map { entries[$0] }
    }

    /// The steps that have not completed, in the order in which they began.
    public var open: some Sequence<StepState> { openPlaces.lazy.map { entries[$0] } }

    /// Whether one step at most is under way, beside those that only hold others.
    package var hasOneUnderWay: Bool {
        var count = 0
        for place in openPlaces where entries[place].status != .entered {
            count += 1
            if count > 1 { return false }
        }
        return true
    }

    /// The steps that wait for a signal, a moment or another attempt: whether there are any, and when the first such wait is over by
    /// itself.
    package var waits: (isAny: Bool, earliest: Timestamp?) {
        var (isAny, earliest): (Bool, Timestamp?) = (false, nil)
        for place in openPlaces {
            let due: Timestamp?
            switch entries[place].status {
            case .waitingToRetry(let moment), .delaying(let moment): due = moment
            case .awaitingSignal(_, let deadline): due = deadline
            default: continue
            }
            isAny = true
            if let due { earliest = earliest.map { Swift.min($0, due) } ?? due }
        }
        return (isAny, earliest)
    }

    /// How many steps have not completed.
    public var openCount: Int { openPlaces.count }

    /// How many steps have completed.
    public var completedCount: Int { entries.count - openPlaces.count }

    mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
        if count > Self.searchedWithoutIndex { index.grow(to: count, entries) }
    }

    /// Adds a step that is not in the table.
    mutating func insert(_ state: StepState) {
        let place = entries.count
        entries.append(state)
        if !state.isCompleted { openPlaces.append(place) }
        if place >= Self.searchedWithoutIndex { extendIndex() }
    }

    /// Changes a step in place; does nothing if it has not begun.
    mutating func update(_ step: Step, _ change: (inout StepState) -> Void) {
        if let place = index(of: step) { update(at: place, change) }
    }

    /// Changes the step at a place.
    mutating func update(at place: Int, _ change: (inout StepState) -> Void) {
        let wasOpen = !entries[place].isCompleted
        change(&entries[place])
        let isOpen = !entries[place].isCompleted
        if wasOpen && !isOpen, let index = openPlaces.lastIndex(of: place) { openPlaces.remove(at: index) }
        if !wasOpen && isOpen { openPlaces.append(place) }
    }

    /// Changes every step that has not completed.
    mutating func updateOpen(_ change: (inout StepState) -> Void) {
        for place in openPlaces { change(&entries[place]) }
        openPlaces.removeAll { entries[$0].isCompleted }
    }

    /// Forgets `step` and every step that first appeared after it.
    mutating func forget(from step: Step) {
        guard let place = index(of: step) else { return }
        self = StepTable(entries[..<place])
    }

    private init(_ kept: some Sequence<StepState>) {
        for state in kept { insert(state) }
    }

    private var hasDistinctSteps: Bool {
        guard index.isEmpty else { return index.count == entries.count }
        for place in entries.indices {
            for earlier in 0..<place where entries[earlier].step == entries[place].step { return false }
        }
        return true
    }

    private var hasRightOpenPlaces: Bool {
        var isExpected = entries.map { !$0.isCompleted }
        for place in openPlaces {
            guard isExpected.indices.contains(place), isExpected[place] else { return false }
            isExpected[place] = false
        }
        return !isExpected.contains(true)
    }

    /// The place of `step`; `nil` if it has not begun.
    public func index(of step: Step) -> Int? {
        // Most questions are about what is under way.
        for place in openPlaces.suffix(Self.searchedWithoutIndex).reversed() where entries[place].step == step {
            return place
        }
        if index.isEmpty { return entries.firstIndex { $0.step == step } }
        return index.place(of: step, in: entries)
    }

    /// Indexes the last entry, and all before it that are not.
    private mutating func extendIndex() {
        let first = index.isEmpty ? 0 : entries.count - 1
        for place in first..<entries.count { index.insert(place, of: entries) }
    }
}

extension StepTable {
    /// Whether two tables say the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.entries == right.entries && left.openPlaces == right.openPlaces
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(entries)
        hasher.combine(openPlaces)
    }
}

extension StepTable: RandomAccessCollection {
    /// The place of the first step.
    public var startIndex: Int { entries.startIndex }
    /// The place after the last step.
    public var endIndex: Int { entries.endIndex }
    /// The step at a place, in the order of first appearance.
    public subscript(position: Int) -> StepState {
        _read { yield entries[position] }
    }
}
