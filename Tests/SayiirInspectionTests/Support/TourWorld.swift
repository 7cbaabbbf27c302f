import Foundation
import Sayiir
import SayiirEvents
import SayiirTesting

/// What is around the ``TourLog``: the time, and whether tasks hang.
///
// @unchecked: its variables are set by the one function that writes the log, while nothing runs.
final class TourWorld: @unchecked Sendable {
    let clock = TourClock()
    var client: WorkflowClient?
    /// Whether tasks that may hang do so.
    var hangs = false

    /// Waits until a step of the instance whose task calls this is stored: branches then end in this order.
    func waitForEnd(of node: String) async throws {
        guard let context = TaskContext.current, let client else { return }
        while try await client.state(of: context.instance).steps[Step(NodeID(node))]?.isCompleted != true {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

/// A clock that moves when a task says so, or somebody sleeps; but for the time limits of tasks, and all while it is held.
///
// @unchecked: `isHeld` is set while nothing runs.
final class TourClock: EngineClock, @unchecked Sendable {
    let time = VirtualClock(start: History.origin)
    var isHeld = false

    /// What tasks with a time limit have. No other sleep is that long: the engine cuts what is.
    static let limit = Duration.seconds(45)

    var now: Timestamp { time.now }

    func pass(_ duration: Duration) { time.advance(by: duration) }

    func sleep(for duration: Duration) async throws {
        if isHeld || duration == Self.limit { return try await time.sleep(for: duration) }
        try Task.checkCancellation()
        time.advance(by: duration)
    }

    /// Sleeps until it is cancelled.
    func hang() async throws { try await time.sleep(for: .seconds(1_000_000)) }

    /// Lets the time limit of the one task that runs pass, and waits to be cancelled.
    func passLimit() async throws {
        await time.waitForSleepers()
        pass(Self.limit)
        try await Task.sleep(for: .seconds(3600))
    }
}
