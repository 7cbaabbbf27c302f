import SayiirLog
import Testing

@testable import Sayiir

@Suite("Who waits for the appends that are under way")
struct AppendsUnderWayTests {
    /// Waits on appends that a test begins and ends by hand.
    private final class Waiting: Sendable {
        let appends = Monitor(AppendsUnderWay())
        let done = Monitor<[String]>([])

        func begin() -> Int { appends.withLock { $0.begin() } }

        func end(_ generation: Int) {
            for waiter in appends.withLock({ $0.end(generation) }) { waiter.resume() }
        }

        /// Begins to wait, and returns once that is so.
        func wait(as name: String) async -> Task<Void, Never> {
            let hasBegun = Monitor(false)
            let task = Task.detached { [self] in
                await withCheckedContinuation { continuation in
                    let isFree = appends.withLock { $0.wait(continuation) }
                    if isFree { continuation.resume() }
                    hasBegun.withLock { $0 = true }
                }
                done.withLock { $0.append(name) }
            }
            while !hasBegun.withLock({ $0 }) { await Task.yield() }
            return task
        }
    }

    @Test("does not wait if there are none")
    func none() async {
        let waiting = Waiting()
        await waiting.wait(as: "a").value
        let append = waiting.begin()
        waiting.end(append)
        await waiting.wait(as: "b").value
        #expect(waiting.done.withLock { $0 } == ["a", "b"])
    }

    @Test("waits for those of the past, whatever began since, and for all of them")
    func past() async {
        let waiting = Waiting()
        let (first, second) = (waiting.begin(), waiting.begin())
        let early = await waiting.wait(as: "early")
        let third = waiting.begin()
        let late = await waiting.wait(as: "late")
        waiting.end(third)
        waiting.end(first)
        #expect(waiting.done.withLock { $0 }.isEmpty)
        let fourth = waiting.begin()
        waiting.end(second)
        await early.value
        await late.value
        #expect(Set(waiting.done.withLock { $0 }) == ["early", "late"])
        waiting.end(fourth)
        await waiting.wait(as: "last").value
    }

    @Test("one that waited since before is free as soon as its past is over, though a later one is not")
    func order() async {
        let waiting = Waiting()
        let first = waiting.begin()
        let early = await waiting.wait(as: "early")
        let second = waiting.begin()
        let late = await waiting.wait(as: "late")
        waiting.end(first)
        await early.value
        #expect(waiting.done.withLock { $0 } == ["early"])
        waiting.end(second)
        await late.value
        #expect(waiting.done.withLock { $0 } == ["early", "late"])
    }
}
