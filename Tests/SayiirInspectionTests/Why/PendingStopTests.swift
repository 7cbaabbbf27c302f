import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

/// What `why` foretells once a cancellation or a pause was asked for.
@Suite struct PendingStopTests {
    private static let step = Step("work")

    /// A way to stand still, and what would begin next.
    private static let stands: [(name: String, bodies: [Event.Body], next: String)] = [
        ("running", [.start(step)], "attempt 2"),
        ("retry", [.start(step), .taskFail(step, "E", "m"), .retry(step, 2, at: 5000)], "attempt 2"),
        ("delay", [.delayStarted(Event.DelayStarted(step: step, wakeAt: History.at(5000)))], "what follows the delay"),
        (
            "signal", [.signalAwaited(Event.SignalAwaited(step: step, signal: "go", deadline: nil))],
            "what follows the signal"
        ),
        ("not begun", [], "the next step"),
        ("between", [.start(step), .checkpoint(step, "1")], "the next step"),
    ]

    private func why(_ bodies: [Event.Body]) async throws -> String {
        var history = History()
        history.add("a", 0, .submit("flow", "1"))
        for body in bodies { history.add("a", 1, body, by: "ops") }
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        var why = WhyInspection("a")
        why.now = { History.at(60_000) }
        let run = Run(why, on: disk, style: Style())
        #expect(run.status == .clean && run.complaints.isEmpty)
        return run.output
    }

    @Test("A pending cancellation is told to come first, whatever the instance waits for")
    func cancellation() async throws {
        for (name, bodies, next) in Self.stands {
            let text = try await why(bodies + [.cancelRequested(.init())])
            #expect(
                text.contains("It is cancelled when an engine takes it up; \(next) does not begin."), "\(name): \(text)"
            )
            #expect(!text.contains("begins when"), "\(name): \(text)")
            #expect(text.contains("Start the engine; it cancels the instance then."), "\(name): \(text)")
        }
    }

    @Test("A pending pause is told to come first, and what begins once it has ended")
    func pause() async throws {
        for (name, bodies, next) in Self.stands {
            let text = try await why(bodies + [.pauseRequested(.init())])
            #expect(
                text.contains("It is paused when an engine takes it up; \(next) begins once the pause has ended."),
                "\(name): \(text)")
            #expect(!text.contains("begins when"), "\(name): \(text)")
        }
    }

    @Test("A cancellation that waits for the end of a pause says so")
    func cancellationOfPaused() async throws {
        let text = try await why([
            .start(Self.step), .pauseRequested(.init()), .paused(.init()), .cancelRequested(.init()),
        ])
        #expect(text.contains("It is cancelled once the pause has ended: client.unpause(\"a\")"))
        #expect(!text.contains("Start the engine"))
    }

    @Test("For an instance in doubt, starting the engine is not said to be enough")
    func doubt() async throws {
        let bodies: [Event.Body] = [.start(Self.step), .taskInDoubt(Event.TaskInDoubt(step: Self.step, attempt: 1))]
        let text = try await why(bodies)
        #expect(text.contains("An engine alone does not continue it"))
        #expect(!text.contains("Start the engine"))
        let cancelled = try await why(bodies + [.cancelRequested(.init())])
        #expect(cancelled.contains("nothing else begins. Nobody has to decide how the task ended."))
    }
}
