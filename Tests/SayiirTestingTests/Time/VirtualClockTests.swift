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
}
