import Sayiir
import SayiirEvents
import Testing

@testable import SayiirPostgres

@Suite struct PostgresOptionsTests {
    private static let integers = [Int.min, -1, 0, 1, Int.max - 1, Int.max]
    private static let durations: [Duration] = [
        .seconds(Int64.min) * 10, .seconds(Int64.min), .seconds(-1), .zero, .nanoseconds(1), .seconds(Int64.max),
        .seconds(Int64.max) * 10,
    ]
    private static let durationOptions: [any WritableKeyPath<PostgresOptions, Duration> & Sendable] = [
        \.acquireTimeout, \.connectTimeout, \.idleTimeout, \.maximumLifetime, \.statementTimeout, \.reconnectTimeout,
        \.leaseDuration, \.pollInterval,
    ]

    @Test("Bounded options are within their bounds, and the defaults are")
    func bounds() {
        for integer in Self.integers {
            for duration in Self.durations {
                var options = PostgresOptions()
                options.maximumConnections = integer
                options.minimumConnections = integer
                options.cachedInstances = integer
                for option in Self.durationOptions { options[keyPath: option] = duration }
                let bounded = options.bounded
                #expect((1...10_000).contains(bounded.maximumConnections))
                #expect((0...bounded.maximumConnections).contains(bounded.minimumConnections))
                #expect(bounded.cachedInstances >= 1)
                for option in Self.durationOptions {
                    #expect((Duration.zero...Duration.longestWait).contains(bounded[keyPath: option]))
                }
                #expect(bounded.pollInterval >= .milliseconds(10) && bounded.heartbeatInterval > .zero)
                #expect(duration.nanosecondCount >= 0)
            }
        }
        #expect(PostgresOptions().bounded.leaseDuration == .seconds(300))
    }

    @Test("A backend works, or refuses with an error, at the ends of each duration", arguments: durations)
    func works(_ duration: Duration) async throws {
        for option in Self.durationOptions {
            var options = TestStore.options()
            options[keyPath: option] = duration
            do {
                let backend = try await TestStore.connect(options)
                let lease = try await backend.acquireLease(on: "i", by: "e", takingOver: false)
                await backend.release(lease)
                _ = try await backend.history(of: "i", after: .max)
                let waiting = Task { await backend.waitForChange(of: "i", after: .max) }
                try await Task.sleep(for: .milliseconds(5))
                waiting.cancel()
                await waiting.value
                backend.close()
            } catch is PostgresError {
            } catch is BackendError {
            }
        }
    }
}
