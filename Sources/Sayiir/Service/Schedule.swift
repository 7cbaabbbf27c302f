internal import HeapModule
internal import SayiirEvents

/// Which instance goes next, and when those that wait are due. Pure: the time is given, nothing is run.
///
/// Of the instances that are ready, one that has waited for ``agingInterval`` goes before one of the next higher priority that
/// has just come, so that none waits for ever. The order of two never changes while they wait, so a heap holds it.
struct Schedule: Sendable {
    /// How long a wait makes up for one level of priority.
    static let agingInterval = Duration.seconds(300)

    /// How many instances may run at the same time.
    let limit: Int

    private var ready = Heap<Ready>()
    private var timers = Heap<Timer>()
    /// What is known of each instance that is ready or runs. Others take no room.
    private var standings: [InstanceID: Standing] = [:]
    /// When those are due that wait for a moment: of a great many, each in as little room as possible.
    private var parked: [InstanceID: Timestamp] = [:]
    private var runningCount = 0
    /// Keeps those of equal urgency in the order of their arrival.
    private var arrivals: UInt64 = 0

    private enum Standing: Sendable {
        case ready
        /// It runs; and whether something has happened since that it may not have seen.
        case running(isStale: Bool)
    }

    private struct Ready: Comparable, Sendable {
        var urgency: Timestamp
        var arrival: UInt64
        var instance: InstanceID

        static func < (left: Self, right: Self) -> Bool {
            (left.urgency, left.arrival) < (right.urgency, right.arrival)
        }
    }

    private struct Timer: Comparable, Sendable {
        var due: Timestamp
        var instance: InstanceID
        /// How urgent the instance is then: nobody has to look at it for that.
        var priority: UInt8

        static func < (left: Self, right: Self) -> Bool { left.due < right.due }
        static func == (left: Self, right: Self) -> Bool { left.due == right.due && left.instance == right.instance }
    }

    init(limit: Int) { self.limit = max(1, limit) }

    /// The number of timers in memory, those that were left behind included.
    var timerCount: Int { timers.count }

    /// How many instances run.
    var running: Int { runningCount }

    /// Whether nothing is ready and nothing runs.
    var isIdle: Bool { runningCount == 0 && ready.isEmpty }

    /// Whether one more can run at once, whatever its priority is.
    var hasRoom: Bool { runningCount + ready.count < limit }

    /// When the next of those that wait is due; `nil` if none waits for a moment.
    mutating func nextDue() -> Timestamp? {
        dropOldTimers()
        return timers.min?.due
    }

    /// Something has happened that an instance may have to go on with.
    mutating func wake(_ instance: InstanceID, priority: Int, at now: Timestamp) {
        switch standings[instance] {
        case .ready: break
        case .running: standings[instance] = .running(isStale: true)
        case nil:
            parked[instance] = nil
            standings[instance] = .ready
            arrivals += 1
            let urgency = now + Self.agingInterval * Int(UInt8(clamping: priority))
            ready.insert(Ready(urgency: urgency, arrival: arrivals, instance: instance))
        }
    }

    /// The most urgent of the instances that are ready, if one more may run. It runs from here on.
    mutating func takeNext() -> InstanceID? {
        guard runningCount < limit, let next = ready.popMin() else { return nil }
        standings[next.instance] = .running(isStale: false)
        runningCount += 1
        return next.instance
    }

    /// An instance runs no more.
    ///
    /// - Parameter due: When it is to be looked at again; `nil` if only something from outside can move it.
    mutating func finish(_ instance: InstanceID, until due: Timestamp?, priority: Int, at now: Timestamp) {
        guard case .running(let isStale) = standings[instance] else { return }
        runningCount -= 1
        standings[instance] = nil
        if isStale || due.map({ $0 <= now }) == true {
            wake(instance, priority: priority, at: now)
        } else if let due {
            parked[instance] = due
            timers.insert(Timer(due: due, instance: instance, priority: UInt8(clamping: priority)))
            dropManyOldTimers()
        }
    }

    /// Drops the timers that instances left behind when they were woken, once these are more than the others: an instance may be woken many
    /// times in a wait of days.
    private mutating func dropManyOldTimers() {
        guard timers.count > 2 * parked.count + 1000 else { return }
        var kept: [InstanceID: Timer] = [:]
        for timer in timers.unordered where parked[timer.instance] == timer.due { kept[timer.instance] = timer }
        timers = Heap(kept.values)
    }

    /// Lets instances wait for their moments, if they have one; those of which something is known already are passed over.
    mutating func park(_ instances: [WaitingInstance]) {
        let count = instances.count { $0.due != nil }
        parked.reserveCapacity(parked.count + count)
        var added: [Timer] = []
        added.reserveCapacity(count)
        for instance in instances where parked[instance.id] == nil {
            guard let due = instance.due else { continue }
            switch standings[instance.id] {
            case nil: break
            case .ready: continue
            case .running:
                // It may be passed over just now, because its workflow was not registered before.
                standings[instance.id] = .running(isStale: true)
                continue
            }
            parked[instance.id] = due
            added.append(Timer(due: due, instance: instance.id, priority: UInt8(clamping: instance.priority)))
        }
        // A heap of all at once costs a comparison or two for each; adding them one by one costs their depth.
        if timers.isEmpty { timers = Heap(added) } else { timers.insert(contentsOf: added) }
    }

    /// Makes those ready whose time has come, the earliest first; false if there is none.
    mutating func wakeDue(at now: Timestamp) -> Bool {
        var hasWoken = false
        while let timer = timers.min, timer.due <= now {
            timers.removeMin()
            guard parked[timer.instance] == timer.due else { continue }
            wake(timer.instance, priority: Int(timer.priority), at: now)
            hasWoken = true
        }
        return hasWoken
    }

    /// An instance that was woken leaves its timer behind.
    private mutating func dropOldTimers() {
        while let timer = timers.min {
            if parked[timer.instance] == timer.due { return }
            timers.removeMin()
        }
    }
}
