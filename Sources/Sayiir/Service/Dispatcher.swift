internal import SayiirEvents

/// The schedule of a service at work: hands out instances to run, and lets wait who finds none.
actor Dispatcher {
    private var schedule: Schedule
    private let clock: any EngineClock
    private var isDraining = false
    /// Who waits for instances to run.
    private var worker: CheckedContinuation<Void, Never>?
    /// Who waits for the schedule of timers to change.
    private var timekeeper: CheckedContinuation<Void, Never>?
    /// When that one looks again by itself; `nil` if it does not.
    private var nextLook: Timestamp?

    init(limit: Int, clock: any EngineClock) {
        schedule = Schedule(limit: limit)
        self.clock = clock
    }

    /// Lets those instances wait for their moments that have one.
    func park(_ instances: [WaitingInstance]) {
        schedule.park(instances)
        resumeTimekeeper()
    }

    /// Lets an instance run when its turn comes.
    func wake(_ instance: InstanceID, priority: Int) {
        schedule.wake(instance, priority: priority, at: clock.now)
        resumeWorker()
    }

    /// Lets an instance run if it need not wait for its turn; false if its priority has to be known.
    func wakeAtOnce(_ instance: InstanceID) -> Bool {
        guard schedule.hasRoom else { return false }
        wake(instance, priority: 3)
        return true
    }

    /// All instances that may run now, waiting for the first; `nil` once the dispatcher drains. For one caller.
    func next() async -> [InstanceID]? {
        while !isDraining {
            var instances: [InstanceID] = []
            while let instance = schedule.takeNext() { instances.append(instance) }
            if !instances.isEmpty { return instances }
            await withCheckedContinuation { worker = $0 }
        }
        return nil
    }

    /// An instance runs no more; see ``Schedule/finish(_:until:priority:at:)``.
    ///
    /// - Returns: The instance that runs in its place; `nil` if none is ready.
    func finish(_ instance: InstanceID, until due: Timestamp?, priority: Int) -> InstanceID? {
        schedule.finish(instance, until: due, priority: priority, at: clock.now)
        if let due, nextLook.map({ due < $0 }) ?? true { resumeTimekeeper() }
        return isDraining ? nil : schedule.takeNext()
    }

    /// Whether nothing is ready and nothing runs.
    var isIdle: Bool { schedule.isIdle }

    /// Hands out nothing more.
    func drain() {
        isDraining = true
        resumeWorker()
        resumeTimekeeper()
    }

    /// Lets those run whose time has come, until the dispatcher drains. For one caller.
    func keepTime() async {
        while !isDraining {
            if schedule.wakeDue(at: clock.now) { resumeWorker() }
            nextLook = schedule.nextDue()
            let alarm = nextLook.map { moment in
                Task { [clock] in
                    if (try? await clock.sleep(until: moment)) != nil { self.resumeTimekeeper() }
                }
            }
            await withCheckedContinuation { timekeeper = $0 }
            alarm?.cancel()
        }
    }

    private func resumeWorker() {
        worker?.resume()
        worker = nil
    }

    private func resumeTimekeeper() {
        timekeeper?.resume()
        timekeeper = nil
    }
}
