import Sayiir
import SayiirTesting
import Testing

/// The checks of backends find what is wrong with wrong ones.
@Suite struct BackendConformanceTests {
    /// The names of the checks that a backend does not pass.
    private func failures<Wrong: Backend>(
        within limit: Duration = .seconds(600), of backend: @escaping @Sendable () -> Wrong
    ) async -> Set<String> {
        var names: Set<String> = []
        for check in BackendConformance.checks {
            do {
                try await check.run(within: limit) { backend() }
            } catch { names.insert(check.name) }
        }
        return names
    }

    @Test("a backend that ignores the lease is found by the checks of fencing and taking over")
    func lease() async {
        let failures = await failures { WrongBackend(.ignoresLeases) }
        #expect(
            failures.isSuperset(of: [
                "an append with a lease that has ended is fenced off and changes nothing",
                "a lease can be taken over, and fences its former holder off for good",
            ]))
        #expect(failures.isSubset(of: names(containing: ["fence", "take over"])))
    }

    @Test("a backend that accepts a repeated revision is found by the checks of conflicts and races")
    func repetition() async {
        let failures = await failures { WrongBackend(.acceptsRepeatedRevisions) }
        #expect(
            failures.isSuperset(of: [
                "an append that repeats a revision is a conflict, even if it repeats the very same events",
                "of many appends that continue the same revision exactly one wins",
            ]))
        let related = names(containing: ["repeats a revision", "same revision", "writers", "take over"])
        #expect(failures.isSubset(of: related))
    }

    @Test("a backend that forgets wake-ups is found by the check of wake-ups, in a limited time")
    func wakeUps() async {
        // It never answers one check. On a loaded machine others may not answer in time either.
        let failures = await failures(within: .seconds(2)) { WrongBackend(.forgetsWakeUps) }
        #expect(
            failures.contains("wake-ups name every instance that was changed without a lease, to all who listen"))
    }

    @Test("a backend that releases whatever it is told to is found by the check of releases")
    func release() async {
        let failures = await failures { WrongBackend(.releasesAnyLease) }
        #expect(
            failures.contains(
                "a lease is not released by another one, be it forged, outdated or another instance's"))
    }

    @Test("a backend that never answers is reported, not waited for")
    func silence() async throws {
        let check = try #require(BackendConformance.checks.first)
        let error = await #expect(throws: BackendDeviation.self) {
            try await check.run(within: .milliseconds(10)) {
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                return InMemoryBackend()
            }
        }
        #expect(error?.description == "the backend did not answer within 0.01 seconds")
    }

    @Test("a cancelled check ends with a cancellation, and a backend that cannot be opened with that error")
    func otherEnds() async throws {
        struct NoSuchServer: Error {}
        let check = try #require(BackendConformance.checks.first)
        await #expect(throws: NoSuchServer.self) { try await check.run { throw NoSuchServer() } }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await check.run { InMemoryBackend() }
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test("no two checks claim the same")
    func names() { #expect(Set(BackendConformance.checks.map(\.name)).count == BackendConformance.checks.count) }

    private func names(containing parts: [String]) -> Set<String> {
        Set(BackendConformance.checks.map(\.name).filter { name in parts.contains { name.contains($0) } })
    }
}
