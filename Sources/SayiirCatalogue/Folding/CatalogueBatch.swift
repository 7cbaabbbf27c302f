internal import SayiirEvents
internal import SayiirProjection

/// Events, folded into what they change in the catalogue. Pure: whoever has the database gives it the instances' states before,
/// and writes what is in it afterwards.
///
/// Of an attempt that begins and ends within a batch the catalogue is told once, unless its instance began many others meanwhile.
struct CatalogueBatch: Sendable {
    /// An event's row.
    struct EventRow: Sendable {
        var sequence: UInt64
        /// The instance's row.
        var instance: Int64
        var revision: UInt64
        var time: Timestamp
        /// The number of its kind.
        var kind: UInt32
        var step: Step?
        var attempt: UInt32?
        var actor: String?
        var reason: String?
    }

    /// A signal's row.
    struct SignalRow: Sendable {
        var name: String
        var receivedAt: Timestamp
        var actor: String?
        /// The payload's size.
        var byteCount: Int
        var consumption: Consumption?
    }

    /// Where a signal went.
    struct Consumption: Sendable {
        var time: Timestamp
        var step: Step
    }

    /// Which signal: the instance's row and the revision with which it was received.
    struct SignalKey: Hashable, Sendable {
        var instance: Int64
        var revision: UInt64
    }

    private(set) var events: [EventRow] = []
    /// In the order in which they were met. If one is there twice, what the later row says is to be added to the earlier one.
    private(set) var attempts: [(key: AttemptRow.Key, row: AttemptRow)] = []
    /// Changes when places in `attempts` do.
    private var generation: UInt64 = 0
    /// How many attempts of an instance are looked through for the one that an event is about.
    private static let searchedAttempts = 8
    private(set) var waits: [WaitRow.Key: WaitRow] = [:]
    private(set) var signals: [SignalKey: SignalRow] = [:]
    /// Signals of earlier batches that were consumed.
    private(set) var consumptions: [SignalKey: Consumption] = [:]
    /// Instances that were deleted: what earlier batches have of their attempts, waits and signals goes.
    private(set) var purged: Set<Int64> = []
    /// Instances that changed.
    private(set) var changed: [InstanceID] = []

    /// Forgets everything and keeps the room for it: the next batch is about as large, and to grow again costs as much as to fold.
    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        attempts.removeAll(keepingCapacity: true)
        generation += 1
        waits.removeAll(keepingCapacity: true)
        signals.removeAll(keepingCapacity: true)
        consumptions.removeAll(keepingCapacity: true)
        purged.removeAll()
        changed.removeAll(keepingCapacity: true)
    }

    /// Takes an event into account, and applies it to its instance.
    mutating func add(_ event: Event, at sequence: UInt64, to instance: inout CataloguedInstance) {
        instance.lastSequence = sequence
        if !instance.isChanged {
            instance.isChanged = true
            changed.append(event.instance)
        }
        events.append(
            EventRow(
                sequence: sequence, instance: instance.number, revision: event.revision, time: event.time,
                kind: event.body.kindNumber, step: event.body.step, attempt: event.body.attempt, actor: event.actor,
                reason: event.reason))
        let step = event.body.step
        let before = step.flatMap { instance.state.steps[$0] }
        let wasEnded = instance.state.phase.isEnded
        let signalCount = instance.state.mailbox.count
        instance.state.apply(event.withoutPayloads)
        // What comes after the end is an anomaly and changes no step.
        if !wasEnded, let step, let after = instance.state.steps[step] { note(before, after, event, in: &instance) }
        switch event.body {
        case .signalReceived(let body) where instance.state.mailbox.count > signalCount:
            signals[SignalKey(instance: instance.number, revision: event.revision)] = SignalRow(
                name: body.signal, receivedAt: event.time, actor: event.actor, byteCount: body.payload.bytes.count)
        case .signalConsumed(let body):
            consume(body, at: event.time, in: instance.number)
        case .deleted: purge(instance.number)
        case .reopened: noteOpenSteps(of: &instance, at: nil)
        default: if !wasEnded && instance.state.phase.isEnded { noteOpenSteps(of: &instance, at: event.time) }
        }
    }

    /// Takes in what became of a step.
    private mutating func note(
        _ before: StepState?, _ after: StepState, _ event: Event, in instance: inout CataloguedInstance
    ) {
        if let wait = WaitRow(of: after) {
            var wait = wait
            if case .signalConsumed(let body) = event.body { wait.signal = body.signal }
            let key = WaitRow.Key(instance: instance.number, run: instance.state.run, step: after.step)
            keep(wait, as: key)
        }
        guard case .task = after.kind, after.attempt > 0 else { return }
        var key = AttemptRow.Key(
            instance: instance.number, run: instance.state.run, step: after.step, attempt: after.attempt)
        if let before, before.attempt != after.attempt, before.status == .running {
            key.attempt = before.attempt
            var interrupted = AttemptRow(of: before, hasTimedOut: false)
            interrupted.outcome = .interrupted
            interrupted.endedAt = event.time
            keep(interrupted, as: key, of: &instance)
            key.attempt = after.attempt
        }
        let timesOut = after.timeoutCount > (before?.timeoutCount ?? 0)
        var row = AttemptRow(of: after, hasTimedOut: timesOut)
        if case .taskStarted(let body) = event.body { row.executor = body.executor }
        if row.outcome == .interrupted { row.endedAt = event.time }
        keep(row, as: key, of: &instance)
    }

    /// An attempt's row as it is now; who runs it was said at its beginning, and that it ran out of time when it did.
    ///
    /// Looks only through the instance's latest few, as hashing an attempt's key costs more than all else here.
    private mutating func keep(_ row: AttemptRow, as key: AttemptRow.Key, of instance: inout CataloguedInstance) {
        if instance.attemptGeneration != generation {
            instance.attemptGeneration = generation
            instance.attemptPlaces.removeAll(keepingCapacity: true)
        }
        guard let place = instance.attemptPlaces.last(where: { attempts[$0].key == key }) else {
            if instance.attemptPlaces.count == Self.searchedAttempts { instance.attemptPlaces.removeFirst() }
            instance.attemptPlaces.append(attempts.count)
            return attempts.append((key, row))
        }
        var row = row
        let known = attempts[place].row
        row.executor = row.executor ?? known.executor
        if known.outcome == .timedOut, row.outcome == .failed { row.outcome = .timedOut }
        attempts[place].row = row
    }

    /// A wait's row as it is now; what it waits for was said at its beginning.
    private mutating func keep(_ row: WaitRow, as key: WaitRow.Key) {
        var row = row
        row.signal = row.signal ?? waits[key]?.signal
        row.until = row.until ?? waits[key]?.until
        waits[key] = row
    }

    /// What was under way when the run ended is abandoned; when an ended run goes on it is under way again.
    private mutating func noteOpenSteps(of instance: inout CataloguedInstance, at end: Timestamp?) {
        for step in instance.state.steps.open {
            let run = instance.state.run
            if var wait = WaitRow(of: step), wait.outcome == .waiting {
                if let end { (wait.outcome, wait.endedAt) = (.abandoned, end) }
                keep(wait, as: WaitRow.Key(instance: instance.number, run: run, step: step.step))
            }
            guard case .task = step.kind, step.attempt > 0 else { continue }
            var row = AttemptRow(of: step, hasTimedOut: false)
            guard row.outcome == .running || row.outcome == .inDoubt else { continue }
            if let end { (row.outcome, row.endedAt) = (.abandoned, end) }
            keep(
                row,
                as: AttemptRow.Key(instance: instance.number, run: run, step: step.step, attempt: step.attempt),
                of: &instance)
        }
    }

    private mutating func consume(_ body: Event.SignalConsumed, at time: Timestamp, in instance: Int64) {
        let key = SignalKey(instance: instance, revision: body.receivedRevision)
        let consumption = Consumption(time: time, step: body.step)
        if signals[key] == nil { consumptions[key] = consumption }
        signals[key]?.consumption = consumption
    }

    private mutating func purge(_ instance: Int64) {
        purged.insert(instance)
        attempts.removeAll { $0.key.instance == instance }
        generation += 1
        waits = waits.filter { $0.key.instance != instance }
        signals = signals.filter { $0.key.instance != instance }
        consumptions = consumptions.filter { $0.key.instance != instance }
    }
}

extension Event.Body {
    /// The number of its kind, known or not.
    fileprivate var kindNumber: UInt32 {
        if case .unknown(let event) = self { return event.kind }
        return kind?.rawValue ?? 0
    }
}
