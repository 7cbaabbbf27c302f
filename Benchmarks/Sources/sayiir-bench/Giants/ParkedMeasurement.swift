import Foundation
import Sayiir
import SayiirEvents

/// What it costs to open a log with parked instances, and to serve it. Taken in a process of its own: memory that another
/// measurement used and gave back would count otherwise.
struct ParkedMeasurement: Codable, Sendable {
    /// From the call until the engine is there.
    var openSeconds = 0.0
    /// From the call until an instance that was submitted as soon as the service ran has completed.
    var servedSeconds = 0.0
    /// From the call until it is known of all what they wait for.
    var settledSeconds = 0.0
    /// Anonymous resident bytes of the process with an engine on an empty log, which has served one instance.
    var emptyBytes = 0
    /// Anonymous resident bytes when the engine is there, beyond those.
    var openBytes = 0
    /// Anonymous resident bytes when the service waits for what comes, beyond those.
    var servedBytes = 0
    /// Peak of resident bytes.
    var peakBytes = 0

    /// Measures a log in this process, whose snapshot is as the last service left it, and closes it.
    static func take(of log: String, scratch: String) async throws -> ParkedMeasurement {
        var result = ParkedMeasurement()
        _ = try await serve(scratch) { result.emptyBytes = $0 }
        var opened = 0
        let times = try await serve(log) {
            opened = opened == 0 ? $0 : opened
        } atEnd: {
            result.servedBytes = max(0, $0 - result.emptyBytes)
        }
        result.openSeconds = times.opening / .seconds(1)
        result.servedSeconds = times.serving / .seconds(1)
        result.settledSeconds = times.settling / .seconds(1)
        result.openBytes = max(0, opened - result.emptyBytes)
        result.peakBytes = Memory.peakBytes
        return result
    }

    /// Opens a log, runs its service until it has looked at everything, and closes it.
    ///
    /// - Returns: How long it took until the log was open, until the service had served what was new, and until it is known of all what
    ///   they wait for.
    private static func serve(
        _ log: String, afterOpening: (Int) -> Void, atEnd: (Int) -> Void = { _ in }
    ) async throws -> (opening: Duration, serving: Duration, settling: Duration) {
        let clock = ContinuousClock()
        let orders = try ParkedOrders()
        let probe = try Flow("probe", input: Int.self).then("answer") { (value: Int) in value }.build()
        let start = clock.now
        let engine = try await Engine(directory: log)
        let opening = clock.now - start
        afterOpening(Memory.anonymousBytes)
        try engine.register(orders.sleeping)
        try engine.register(orders.awaiting)
        try engine.register(probe)
        let service = Task { try await engine.run() }
        let id = InstanceID("probe-\(UInt64.random(in: 0 ... .max))")
        // The service listens before it looks; what is submitted later than that comes behind what is there.
        try await Task.sleep(for: .milliseconds(1))
        try await engine.client.submit(probe, id: id, input: 1, priority: 5)
        _ = try await engine.client.waitForCompletion(of: id, as: probe)
        let serving = clock.now - start
        let workflows: Set<ServedWorkflow> = [
            ServedWorkflow(name: orders.sleeping.name, definition: orders.sleeping.definitionHash),
            ServedWorkflow(name: orders.awaiting.name, definition: orders.awaiting.definitionHash),
        ]
        while try await !engine.backend.waitingInstances(of: workflows).allSatisfy(\.isAtRest) {
            try await Task.sleep(for: .milliseconds(200))
        }
        let settling = clock.now - start
        try await Task.sleep(for: .milliseconds(300))
        atEnd(Memory.anonymousBytes)
        service.cancel()
        _ = await service.result
        try await engine.close()
        return (opening, serving, settling)
    }
}

extension Memory {
    /// The bytes of this process that are resident and no file's; 0 where the system does not tell.
    static var anonymousBytes: Int {
        let rollup = (try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)) ?? ""
        let line = rollup.split(separator: "\n").first { $0.hasPrefix("Anonymous:") }
        return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
