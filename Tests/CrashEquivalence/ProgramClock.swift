internal import Sayiir
internal import SayiirTesting

/// The clock of a program's engine: it is moved by hand, but for the interval at which a service asks for work. That passes by itself.
struct ProgramClock: EngineClock {
    let time: VirtualClock
    let pollInterval: Duration?

    var now: Timestamp { time.now }

    func sleep(for duration: Duration) async throws {
        if duration == pollInterval { return try await Task.sleep(for: duration) }
        try await time.sleep(for: duration)
    }

    func sleep(until moment: Timestamp) async throws { try await time.sleep(until: moment) }
}
