import SayiirEvents
import SayiirTesting
import Testing

@testable import Sayiir

@Suite struct ScheduleTests {
    private let start = Timestamp(nanosecondsSinceEpoch: 0)

    private func waiting(_ id: InstanceID, _ seconds: Int, priority: Int = 3) -> WaitingInstance {
        WaitingInstance(id, PackedInstance.Rest(due: start + .seconds(seconds), priority: priority))
    }

    private func takeAll(_ schedule: inout Schedule) -> [InstanceID] {
        var taken: [InstanceID] = []
        while let next = schedule.takeNext() { taken.append(next) }
        return taken
    }

    @Test(
        "PRI-01, PRI-04, PRI-05: the lower number goes first, also where only one may run, and equals in order of arrival"
    )
    func priorities() {
        var schedule = Schedule(limit: 1)
        for (id, priority) in [("t5", 5), ("t3", 3), ("t1", 1), ("t3b", 3), ("t2", 2)] as [(InstanceID, Int)] {
            schedule.wake(id, priority: priority, at: start)
        }
        var order: [InstanceID] = []
        while let next = schedule.takeNext() {
            order.append(next)
            #expect(schedule.takeNext() == nil)
            schedule.finish(next, until: nil, priority: 3, at: start)
        }
        #expect(order == ["t1", "t2", "t3", "t3b", "t5"])
    }

    @Test("five minutes of waiting make up for one level of priority")
    func aging() {
        var schedule = Schedule(limit: 10)
        schedule.wake("old", priority: 3, at: start)
        schedule.wake("younger", priority: 2, at: start + .seconds(299))
        schedule.wake("youngest", priority: 2, at: start + .seconds(301))
        #expect(takeAll(&schedule) == ["younger", "old", "youngest"])
    }

    @Test("no more run than may")
    func limit() {
        var schedule = Schedule(limit: 2)
        for id in ["a", "b", "c"] as [InstanceID] { schedule.wake(id, priority: 3, at: start) }
        #expect(takeAll(&schedule) == ["a", "b"] && schedule.running == 2)
        schedule.finish("a", until: nil, priority: 3, at: start)
        #expect(takeAll(&schedule) == ["c"])
    }

    @Test("what happens to an instance while it runs lets it run again, once; while it is ready, not twice")
    func wakeWhileRunning() {
        var schedule = Schedule(limit: 1)
        schedule.wake("a", priority: 3, at: start)
        schedule.wake("a", priority: 3, at: start)
        #expect(takeAll(&schedule) == ["a"])
        schedule.wake("a", priority: 3, at: start)
        schedule.wake("a", priority: 3, at: start)
        #expect(schedule.takeNext() == nil)
        schedule.finish("a", until: start + .seconds(9), priority: 3, at: start)
        #expect(schedule.takeNext() == "a")
        schedule.finish("a", until: nil, priority: 3, at: start)
        #expect(schedule.takeNext() == nil)
    }

    @Test("what waits for a moment is due at that moment, the earliest first, and not again if it was woken before")
    func timers() {
        var schedule = Schedule(limit: 10)
        for (id, seconds) in [("late", 30), ("early", 10), ("woken", 20)] as [(InstanceID, Int)] {
            schedule.wake(id, priority: 3, at: start)
            _ = schedule.takeNext()
            schedule.finish(id, until: start + .seconds(seconds), priority: 3, at: start)
        }
        #expect(schedule.nextDue() == start + .seconds(10))
        let isEarly = schedule.wakeDue(at: start + .seconds(9))
        #expect(!isEarly)
        schedule.wake("woken", priority: 3, at: start + .seconds(5))
        #expect(takeAll(&schedule) == ["woken"])
        schedule.finish("woken", until: nil, priority: 3, at: start + .seconds(5))
        let hasWoken = schedule.wakeDue(at: start + .seconds(60))
        #expect(hasWoken)
        #expect(takeAll(&schedule) == ["early", "late"])
        #expect(schedule.nextDue() == nil)
        schedule.wake("woken", priority: 3, at: start + .seconds(60))
        #expect(takeAll(&schedule) == ["woken"])
        // What is due already when it ends is ready at once.
        schedule.finish("woken", until: start, priority: 3, at: start + .seconds(60))
        #expect(schedule.takeNext() == "woken")
    }

    @Test("those that are due at the same moment go by the priority that they were parked with")
    func timersOfSeveralPriorities() {
        var schedule = Schedule(limit: 10)
        schedule.park([waiting("low", 9, priority: 5), waiting("high", 9, priority: 1)])
        for (id, priority) in [("middle", 3), ("highest", 0)] as [(InstanceID, Int)] {
            schedule.wake(id, priority: priority, at: start)
            _ = schedule.takeNext()
            schedule.finish(id, until: start + .seconds(9), priority: priority, at: start)
        }
        let hasWoken = schedule.wakeDue(at: start + .seconds(9))
        #expect(hasWoken)
        #expect(takeAll(&schedule) == ["highest", "high", "middle", "low"])
    }

    @Test("many are parked at once, but not those of which something is known already")
    func parking() {
        var schedule = Schedule(limit: 10)
        schedule.wake("running", priority: 3, at: start)
        _ = schedule.takeNext()
        schedule.wake("ready", priority: 3, at: start)
        schedule.park([
            waiting("running", 5), waiting("ready", 5), waiting("a", 5), waiting("b", 1), WaitingInstance("d"),
        ])
        schedule.park([waiting("c", 2)])
        #expect(schedule.nextDue() == start + .seconds(1))
        #expect(takeAll(&schedule) == ["ready"])
        let hasWoken = schedule.wakeDue(at: start + .seconds(60))
        #expect(hasWoken)
        #expect(takeAll(&schedule) == ["b", "c", "a"])
    }

    @Test("there is room as long as fewer run or are ready than may run")
    func room() {
        var schedule = Schedule(limit: 2)
        #expect(schedule.hasRoom)
        schedule.wake("a", priority: 3, at: start)
        _ = schedule.takeNext()
        #expect(schedule.hasRoom)
        schedule.wake("b", priority: 3, at: start)
        #expect(!schedule.hasRoom)
    }

    @Test("at random, an instance that was woken runs afterwards, never twice at once, and never more than may")
    func randomly() {
        var generator = SplitMix64(seed: 7)
        var schedule = Schedule(limit: 3)
        var running: Set<InstanceID> = []
        var pending: Set<InstanceID> = []
        var now = start
        for _ in 0..<20_000 {
            now = now + .seconds(Int.random(in: 0..<3, using: &generator))
            let id = InstanceID("\(Int.random(in: 0..<8, using: &generator))")
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                schedule.wake(id, priority: Int.random(in: 1...5, using: &generator), at: now)
                pending.insert(id)
            case 1:
                if let next = schedule.takeNext() {
                    if !running.insert(next).inserted || running.count > 3 { Issue.record("\(next) \(running)") }
                    pending.remove(next)
                }
            case 2:
                guard let ended = running.randomElement(using: &generator) else { break }
                running.remove(ended)
                let due = Bool.random(using: &generator) ? now + .seconds(5) : nil
                schedule.finish(ended, until: due, priority: 3, at: now)
            default:
                _ = schedule.wakeDue(at: now)
            }
        }
        for ended in running { schedule.finish(ended, until: nil, priority: 3, at: now) }
        while let next = schedule.takeNext() {
            pending.remove(next)
            schedule.finish(next, until: nil, priority: 3, at: now)
        }
        #expect(pending.isEmpty)
    }

    @Test("An instance that is woken many times in one long wait leaves few timers behind")
    func timersLeftBehind() {
        var schedule = Schedule(limit: 10)
        for number in 0..<20_000 {
            let id = InstanceID("i\(number % 3)")
            schedule.wake(id, priority: 3, at: start)
            #expect(takeAll(&schedule) == [id])
            schedule.finish(id, until: start + .seconds(1_000_000), priority: 3, at: start)
        }
        #expect(schedule.timerCount < 2000)
        let due = schedule.nextDue()
        #expect(due == start + .seconds(1_000_000))
        let hasWoken = schedule.wakeDue(at: start + .seconds(1_000_000))
        #expect(hasWoken)
        #expect(Set(takeAll(&schedule)) == ["i0", "i1", "i2"])
    }

    @Test("An instance that is passed over while its workflow is registered is looked at again")
    func parkedWhileRunning() {
        var schedule = Schedule(limit: 10)
        schedule.wake("a", priority: 3, at: start)
        #expect(takeAll(&schedule) == ["a"])
        schedule.park([waiting("a", 100)])
        schedule.finish("a", until: nil, priority: 3, at: start)
        #expect(takeAll(&schedule) == ["a"])
    }
}
