internal import HeapModule
internal import SayiirEvents
internal import SayiirLog

/// Ends attempts at tasks when their time is over, from a thread of its own: code that holds up every other thread cannot hold
/// up this one.
///
/// The thread starts with the first timer, and ends when it has had none for a while.
final class TaskTimer: Sendable {
    /// The timer of the process.
    static let shared = TaskTimer()

    private struct Entry: Comparable {
        var deadline: ContinuousClock.Instant
        var number: UInt64

        static func < (left: Self, right: Self) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }
    }

    private struct State {
        var deadlines = Heap<Entry>()
        /// What is still to be done; cancelled timers are gone from here, and stay in the heap until they are due.
        var actions: [UInt64: @Sendable () -> Void] = [:]
        var lastNumber: UInt64 = 0
        var isRunning = false

        /// Forgets cancelled timers, once they are more than the others: most tasks end long before their time.
        mutating func dropCancelled() {
            guard deadlines.count > 2 * actions.count + 1000 else { return }
            deadlines = Heap(deadlines.unordered.filter { actions[$0.number] != nil })
        }

        /// Takes what is due.
        mutating func takeDue(at now: ContinuousClock.Instant) -> [@Sendable () -> Void] {
            var due: [@Sendable () -> Void] = []
            while let next = deadlines.min, next.deadline <= now || actions[next.number] == nil {
                deadlines.removeMin()
                if let action = actions.removeValue(forKey: next.number) { due.append(action) }
            }
            return due
        }
    }

    private let state = Monitor(State())

    /// How long the thread stays without timers.
    private static let idleNanoseconds: Int64 = 10_000_000_000

    /// Calls `action` on the timer's thread once `duration` has passed, unless the timer is cancelled first. It must be quick.
    ///
    /// - Returns: The timer's number.
    func start(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let deadline = ContinuousClock.now + duration.boundedWait
        let (number, isFirst, starts) = state.withLock { state in
            state.lastNumber += 1
            let entry = Entry(deadline: deadline, number: state.lastNumber)
            let isFirst = state.deadlines.min.map { entry < $0 } ?? true
            state.actions[state.lastNumber] = action
            state.deadlines.insert(entry)
            defer { state.isRunning = true }
            return (state.lastNumber, isFirst, !state.isRunning)
        }
        if starts {
            startTimerThread()
        } else if isFirst {
            // Only then the thread waits for too long. To wake it costs more than all the rest.
            state.update { _ in }
        }
        return number
    }

    /// Drops a timer that has not ended.
    func cancel(_ number: UInt64) {
        state.withLock { state in
            state.actions[number] = nil
            state.dropCancelled()
        }
    }

    private func startTimerThread() {
        do throws(FileSystemError) {
            try startThread { [self] in run() }
        } catch {
            // The next timer tries again. Until then time-outs are late, as they are wherever there is no thread to be had.
            state.withLock { $0.isRunning = false }
        }
    }

    private func run() {
        while true {
            let (first, wait) = state.withLock { state in
                let first = state.deadlines.min
                return (first, first.map { ($0.deadline - .now).saturatedNanoseconds } ?? Self.idleNanoseconds)
            }
            // Wakes early for a timer that is due sooner.
            let isNew =
                state.wait(nanoseconds: Int(clamping: wait)) { state in state.deadlines.min == first ? nil : true }
                ?? false
            let due = state.withLock { $0.takeDue(at: .now) }
            for action in due { action() }
            guard !isNew, first == nil else { continue }
            let ends = state.withLock { state in
                if state.deadlines.isEmpty { state.isRunning = false }
                return !state.isRunning
            }
            if ends { return }
        }
    }
}

/// A clock that goes as the machine's does: its time-outs are kept by ``TaskTimer``.
package protocol MachineClock: EngineClock {}

extension SystemClock: MachineClock {}
