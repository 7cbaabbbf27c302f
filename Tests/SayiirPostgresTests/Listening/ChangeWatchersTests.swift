import SayiirEvents
import Testing

@testable import SayiirPostgres

@Suite("Who waits for changes in a store that many processes share")
struct ChangeWatchersTests {
    /// Somebody who waits for a change of an instance, and somebody who waits for the end of its run.
    private func waiting(in watchers: ChangeWatchers) async -> (change: Task<Void, Never>, end: Task<Void, Never>) {
        func wait(untilEnd: Bool) async -> Task<Void, Never> {
            let (isThere, there) = AsyncStream.makeStream(of: Void.self)
            let number = await watchers.newNumber()
            let task = Task {
                await watchers.wait(for: "a", as: number, untilEnd: untilEnd) { there.finish() }
            }
            for await _ in isThere {}
            return task
        }
        return (await wait(untilEnd: false), await wait(untilEnd: true))
    }

    @Test("is woken by a step only if any change is of interest", .timeLimit(.minutes(1)))
    func steps() async throws {
        let watchers = ChangeWatchers()
        let (change, end) = await waiting(in: watchers)
        await watchers.wakeAll(of: "a", mayHaveEnded: false)
        await change.value
        #expect(await watchers.count(of: "a") == 1)
        await watchers.wakeAll(of: "a", mayHaveEnded: true)
        await end.value
        #expect(await watchers.count(of: "a") == 0)
    }

    @Test("is woken in any case when notifications may have been missed", .timeLimit(.minutes(1)))
    func all() async throws {
        let watchers = ChangeWatchers()
        let (change, end) = await waiting(in: watchers)
        await watchers.wakeAll()
        await change.value
        await end.value
        #expect(await watchers.count(of: "a") == 0)
    }
}

extension ChangeWatchers {
    fileprivate func count(of instance: InstanceID) -> Int { watchers[instance]?.count ?? 0 }
}
