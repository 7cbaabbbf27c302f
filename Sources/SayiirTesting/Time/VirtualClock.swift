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
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Locked<State>

    /// A clock that stands at `start`.
    public init(start: Timestamp = Timestamp(nanosecondsSinceEpoch: 1_750_000_000_000_000_000)) {
        state = Locked(State(now: start))
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
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                begin(Sleeper(deadline: now + duration, continuation: continuation), as: number)
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
        defer { state.observers.removeAll { $0.count <= count } }
        return state.observers.filter { $0.count <= count }.map(\.continuation)
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

    /// Returns once at least `count` tasks sleep on this clock.
    public func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.sleepers.count < count { state.observers.append((count, continuation)) }
                return state.sleepers.count >= count
            }
            if isReached { continuation.resume() }
        }
    }
}
