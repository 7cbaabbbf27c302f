internal import SayiirEvents

/// The schedule of a service at work: hands out instances to run, and lets wait who finds none.
actor Dispatcher {
    private var schedule: Schedule
    private let clock: any EngineClock
    private var isDraining = false
    /// Who waits for the next instance.
    private var worker: CheckedContinuation<Void, Never>?
    /// Who waits for the schedule of timers to change.
    private var timekeeper: CheckedContinuation<Void, Never>?
    private var timerSleep: Task<Void, Never>?

    init(limit: Int, clock: any EngineClock) {
        schedule = Schedule(limit: limit)
        self.clock = clock
    }

    /// Lets an instance run when its turn comes.
    func wake(_ instance: InstanceID, priority: Int) {
        schedule.wake(instance, priority: priority, at: clock.now)
        resumeWorker()
    }

    /// The next instance to run; `nil` once the dispatcher drains.
    func next() async -> InstanceID? {
        while !isDraining {
            if let instance = schedule.takeNext() { return instance }
            await withCheckedContinuation { worker = $0 }
        }
        return nil
    }

    /// An instance runs no more; see ``Schedule/finish(_:until:priority:at:)``.
    func finish(_ instance: InstanceID, until due: Timestamp?, priority: Int) {
        schedule.finish(instance, until: due, priority: priority, at: clock.now)
        resumeWorker()
        if due != nil { resumeTimekeeper() }
    }

    /// Hands out nothing more.
    func drain() {
        isDraining = true
        resumeWorker()
        resumeTimekeeper()
    }

    /// Those whose time has come, waiting for the first; `nil` once the dispatcher drains. For one caller.
    func nextDue() async -> [InstanceID]? {
        while !isDraining {
            let due = schedule.takeDue(at: clock.now)
            if !due.isEmpty { return due }
            if let moment = schedule.nextDue() {
                timerSleep = Task { [clock] in
                    if (try? await clock.sleep(until: moment)) != nil { self.resumeTimekeeper() }
                }
            }
            await withCheckedContinuation { timekeeper = $0 }
            timerSleep?.cancel()
            timerSleep = nil
        }
        return nil
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
