public import SayiirEvents

/// The steps of one run, in the order in which they first appeared.
///
/// Looking up a step costs constant time; the steps that have not completed are at hand without a search.
public struct StepTable: Hashable, Sendable {
    private(set) var entries: [StepState] = []
    /// Empty while there are so few entries that a search is quicker and smaller.
    private var index = StepIndex()
    private var opened = OpenSteps()

    private static let searchedWithoutIndex = 8

    /// A table without steps.
    init() {}

    /// A table of these steps; `nil` if one is there twice, or if `openPlaces` are not the places of those that have not
    /// completed, in some order.
    init?(_ entries: [StepState], openPlaces: [Int]) {
        self.entries = entries
        if entries.count > Self.searchedWithoutIndex { extendIndex() }
        guard hasDistinctSteps, Self.areRight(openPlaces, entries) else { return nil }
        opened = OpenSteps(openPlaces, in: entries)
    }

    /// What is known of `step`; `nil` if it has not begun. A copy: who wants a member only is quicker with ``index(of:)``.
    public subscript(step: Step) -> StepState? {
        index(of: step).map { entries[$0] }
    }

    /// The indices of the entries that are not completed, in the order in which they were opened.
    var openPlaces: [Int] { Array(opened.places) }

    /// The steps that have not completed, in the order in which they began.
    public var open: OpenStepStates { OpenStepStates(places: opened.places, entries: entries) }

    /// A Boolean value that indicates whether at most one step is under way, beside those that only hold others.
    ///
    /// - Complexity: O(1), amortized.
    package var hasOneUnderWay: Bool { opened.underWayCount(entries) <= 1 }

    /// Whether steps wait for a signal, a moment or another attempt, and when the first such wait is over by itself.
    ///
    /// - Complexity: O(1), amortized.
    package var waits: (isAny: Bool, earliest: Timestamp?) { opened.waits(entries) }

    /// The steps that can move without help from outside: those whose time has come, whose signal has arrived, or that are ready. In
    /// the order in which they were opened.
    ///
    /// - Complexity: O(k log k) in the number of these steps.
    package func movable(at now: Timestamp, with mailbox: SignalMailbox) -> [Step] {
        opened.movable(at: now, mailbox, entries).map { entries[$0].step }
    }

    /// How many steps have not completed.
    public var openCount: Int { opened.count }

    /// How many steps have completed.
    public var completedCount: Int { entries.count - opened.count }

    mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
        if count > Self.searchedWithoutIndex { index.grow(to: count, entries) }
    }

    /// Adds a step that is not in the table.
    mutating func insert(_ state: StepState) {
        let place = entries.count
        entries.append(state)
        if !state.isCompleted { opened.open(place, entries) }
        if place >= Self.searchedWithoutIndex { extendIndex() }
    }

    /// Changes a step in place; does nothing if it has not begun.
    mutating func update(_ step: Step, _ change: (inout StepState) -> Void) {
        if let place = index(of: step) { update(at: place, change) }
    }

    /// Changes the step at a place.
    ///
    /// - Complexity: O(1), amortized; O(log n) if it begins or ends to wait and many are open.
    mutating func update(at place: Int, _ change: (inout StepState) -> Void) {
        if opened.isIndexed {
            let old = entries[place].status
            change(&entries[place])
            return opened.noteChange(from: old, at: place, entries)
        }
        let wasOpen = !entries[place].isCompleted
        change(&entries[place])
        let isOpen = !entries[place].isCompleted
        if wasOpen && !isOpen { opened.close(place) }
        if !wasOpen && isOpen { opened.open(place, entries) }
    }

    /// Changes every step that has not completed.
    mutating func updateOpen(_ change: (inout StepState) -> Void) {
        for place in openPlaces { update(at: place, change) }
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

    /// Returns whether these are the indices of the entries that are not completed, in some order.
    private static func areRight(_ openPlaces: [Int], _ entries: [StepState]) -> Bool {
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
        if let place = opened.recent(step, Self.searchedWithoutIndex, in: entries) { return place }
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
        left.entries == right.entries && left.opened.places.elementsEqual(right.opened.places)
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(entries)
        for place in opened.places { hasher.combine(place) }
        hasher.combine(opened.count)
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
