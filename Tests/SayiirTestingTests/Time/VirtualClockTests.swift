import Sayiir
import SayiirEvents
import SayiirTesting
import Testing

@Suite struct VirtualClockTests {
    @Test("nobody wakes before the clock is moved to the sleeper's moment, and then at once")
    func sleeping() async throws {
        let clock = VirtualClock(start: Timestamp(nanosecondsSinceEpoch: 0))
        let sleeper = Task { try await clock.sleep(for: .seconds(86_400)) }
        await clock.waitForSleepers()
        clock.advance(by: .seconds(86_399))
        #expect(clock.sleeperCount == 1)
        #expect(clock.nextDeadline == Timestamp(nanosecondsSinceEpoch: 86_400_000_000_000))
        clock.advance(by: .seconds(1))
        try await sleeper.value
        #expect(clock.sleeperCount == 0 && clock.nextDeadline == nil)
    }

    @Test("a sleep of no length returns at once")
    func noLength() async throws {
        try await VirtualClock().sleep(for: .zero)
        try await VirtualClock().sleep(for: .seconds(-5))
    }

    @Test("cancelling ends a sleep with an error, before it began or after")
    func cancelling() async throws {
        let clock = VirtualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.waitForSleepers()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("who waits for several sleepers goes on with the last of them")
    func observing() async throws {
        let clock = VirtualClock()
        let observer = Task { await clock.waitForSleepers(3) }
        let sleepers = (1...3).map { number in Task { try await clock.sleep(for: .seconds(number)) } }
        await observer.value
        #expect(clock.sleeperCount == 3)
        clock.advance(by: .seconds(3))
        for sleeper in sleepers { try await sleeper.value }
    }

    @Test("skipping sleep passes the time that is slept, in order, and no more")
    func skipping() async throws {
        let clock = VirtualClock(start: Timestamp(nanosecondsSinceEpoch: 0))
        try await clock.skippingSleep {
            for _ in 0..<100 { try await clock.sleep(for: .seconds(3600)) }
        }
        #expect(clock.now == Timestamp(nanosecondsSinceEpoch: 360_000_000_000_000))
        #expect(clock.sleeperCount == 0)
    }

    @Test(
        "A sleep until a moment ends at that moment, even if the clock is moved just before the sleep begins",
        .timeLimit(.minutes(1)))
    func sleepingUntilDuringAMove() async throws {
        // As the engine sleeps: by the protocol.
        let clock: any EngineClock = MovingClock(by: .seconds(3600))
        let moment = Timestamp(nanosecondsSinceEpoch: 0) + .seconds(600)
        try await clock.sleep(until: moment)
        #expect(clock.now >= moment)
    }

    @Test("A sleep until a moment that has passed returns at once, and one that lies ahead waits for the clock")
    func sleepingUntil() async throws {
        let clock = VirtualClock(start: Timestamp(nanosecondsSinceEpoch: 0))
        try await clock.sleep(until: clock.now)
        try await clock.sleep(until: Timestamp(nanosecondsSinceEpoch: .min))
        let moment = clock.now + .seconds(86_400)
        let sleeper = Task { try await clock.sleep(until: moment) }
        await clock.waitForSleepers()
        #expect(clock.nextDeadline == moment)
        clock.advance(to: moment)
        try await sleeper.value
        let last = Task { try await clock.sleep(until: Timestamp(nanosecondsSinceEpoch: .max)) }
        await clock.waitForSleepers()
        last.cancel()
        await #expect(throws: CancellationError.self) { try await last.value }
    }
}

/// A virtual clock that is moved just before a sleep begins, as by another thread.
private struct MovingClock: EngineClock {
    let time = VirtualClock(start: Timestamp(nanosecondsSinceEpoch: 0))
    let step: Duration

    init(by step: Duration) { self.step = step }

    var now: Timestamp {
        defer { time.advance(by: step) }
        return time.now
    }

    func sleep(for duration: Duration) async throws { try await time.sleep(for: duration) }

    func sleep(until moment: Timestamp) async throws {
        time.advance(by: step)
        try await time.sleep(until: moment)
    }
}
