internal import Logging
internal import SayiirEvents
internal import SayiirLog

/// The names of tasks by their numbers, for messages about them.
enum TaskNames {
    private struct State {
        var lastNumber = 0
        var names: [Int: String] = [:]
        var oldest = 1
    }

    private static let state = Monitor(State())
    /// How many names are kept: a program may build flows without end.
    private static let limit = 10_000

    /// A number that no other task has.
    static func nextNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    /// Keeps the name of a task.
    static func keep(_ name: String, for number: Int) {
        state.withLock { state in
            state.names[number] = name
            while state.names.count > limit, state.oldest <= state.lastNumber {
                state.names[state.oldest] = nil
                state.oldest += 1
            }
        }
    }

    /// The name of a task; `nil` if it is not known.
    static func name(of number: Int) -> String? { state.withLock { $0.names[number] } }
}

/// Warns about tasks that hold a thread of the log, each once in a while.
final class HeldThreadWarnings: Sendable {
    private let limit: Duration
    private let logger: Logger
    private let warned = Monitor<[Int: ContinuousClock.Instant]>([:])

    /// So long a task is not warned about again.
    private static let interval = Duration.seconds(60)

    init(after limit: Duration, to logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    /// Warns about the task with the given number; 0 if it is not known.
    func warn(about number: Int) {
        let now = ContinuousClock.now
        let isDue = warned.withLock { warned in
            if let last = warned[number], now - last < Self.interval { return false }
            if warned.count > 1000 { warned = warned.filter { now - $0.value < Self.interval } }
            warned[number] = now
            return true
        }
        guard isDue else { return }
        let name = TaskNames.name(of: number) ?? "a task whose name is not known, since it had been suspended before,"
        logger.warning(
            """
            \(name) has held a thread of the log for \(limit.shortDescription) and holds up other instances; declare it \
            `blocking: true`, or let it await what it waits for
            """)
    }
}
