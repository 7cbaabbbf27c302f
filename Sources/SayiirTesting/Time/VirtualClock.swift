internal import SayiirLog
public import Sayiir
public import SayiirEvents

/// A clock that stands still until a test moves it: a day passes in microseconds.
///
/// ```swift
/// let clock = VirtualClock()
/// let running = Task { try await engine.run(workflow, id: "a", input: 1) }    // with `clock` in its options
/// await clock.waitForSleepers()
/// clock.advance(by: .seconds(86_400))
/// let status = try await running.value
/// ```
public final class VirtualClock: EngineClock {
    private struct Sleeper {
        var deadline: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var nextNumber = 0
        /// Those who wait until so many sleep.
        var observers: [Int: (count: Int, continuation: CheckedContinuation<Void, Never>)] = [:]

        mutating func newNumber() -> Int {
            nextNumber += 1
            return nextNumber
        }
    }

    private let state: Monitor<State>

    /// A clock that stands at `start`.
    public init(start: Timestamp = Timestamp(nanosecondsSinceEpoch: 1_750_000_000_000_000_000)) {
        state = Monitor(State(now: start))
    }

    /// The time to which the clock was moved.
    public var now: Timestamp { state.withLock { $0.now } }

    /// How many sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// When the first sleeper wakes; `nil` if none sleeps.
    public var nextDeadline: Timestamp? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Returns once the clock was moved by at least `duration`.
    ///
    /// - Throws: `CancellationError` as soon as the calling task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: now + duration)
    }

    /// Returns once the clock stands at `moment` or later: at once if it does already. A move of the clock at the same time does not
    /// prolong the sleep.
    ///
    /// - Throws: `CancellationError` as soon as the calling task is cancelled.
    public func sleep(until moment: Timestamp) async throws {
        let number = state.withLock { $0.newNumber() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                begin(Sleeper(deadline: moment, continuation: continuation), as: number)
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(number)
                return state.sleepers.removeValue(forKey: number)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func begin(_ sleeper: Sleeper, as number: Int) {
        let (isCancelled, isOver, observers) = state.withLock { state in
            let isCancelled = state.cancelled.remove(number) != nil
            let isOver = sleeper.deadline <= state.now
            if !isCancelled && !isOver { state.sleepers[number] = sleeper }
            return (isCancelled, isOver, Self.takeObservers(&state))
        }
        if isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
        } else if isOver {
            sleeper.continuation.resume()
        }
        for observer in observers { observer.resume() }
    }

    private static func takeObservers(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        let count = state.sleepers.count
        let reached = state.observers.filter { $0.value.count <= count }
        for number in reached.keys { state.observers[number] = nil }
        return reached.values.map(\.continuation)
    }

    /// Moves the clock, and wakes those whose time has come, the earliest first.
    public func advance(by duration: Duration) { advance(to: now + duration) }

    /// Moves the clock to a moment, and wakes those whose time has come, the earliest first. May also set it back.
    public func advance(to moment: Timestamp) {
        let due = state.withLock { state in
            state.now = moment
            let due = state.sleepers.filter { $0.value.deadline <= moment }
            for number in due.keys { state.sleepers[number] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Returns once at least `count` tasks sleep on this clock, or the calling task is cancelled.
    public func waitForSleepers(_ count: Int = 1) async {
        let number = state.withLock { $0.newNumber() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.sleepers.count >= count || state.cancelled.remove(number) != nil { return true }
                    state.observers[number] = (count, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let observer = state.withLock { state in
                state.cancelled.insert(number)
                return state.observers.removeValue(forKey: number)
            }
            observer?.continuation.resume()
        }
    }

    /// Runs `body`, and meanwhile moves the clock to the next sleeper's moment whenever somebody sleeps: time passes as fast as
    /// it is slept away.
    ///
    /// What works without sleeping takes no time then. So a time-out beside it is over at once: move the clock by hand where there
    /// is one.
    public func skippingSleep<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let mover = Task {
            while !Task.isCancelled {
                await waitForSleepers()
                if let deadline = nextDeadline, !Task.isCancelled { advance(to: max(deadline, now)) }
            }
        }
        defer { mover.cancel() }
        return try await body()
    }
}
