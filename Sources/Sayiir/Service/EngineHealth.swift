/// Whether an engine can do its work, for a readiness probe.
///
/// ```swift
/// router.get("/readyz") { _, _ in await engine.health().isReady ? .ok : .serviceUnavailable }
/// ```
public struct EngineHealth: Hashable, Sendable {
    /// A Boolean value that indicates whether the store can be written: the log is open and has not failed, or the server answers.
    public var isStoreOpen: Bool
    /// A Boolean value that indicates whether the engine runs as a service.
    public var isServiceRunning: Bool
    /// The number of live instances that no registered workflow serves, as far as the service has met them; see
    /// ``WorkflowClient/unserved()``. On a backend that several processes share it may be a minute old.
    public var unservedCount: Int
    /// The number of instances with a stored value that this program cannot decode.
    public var stuckCount: Int
    /// What storage refused last, in words; `nil` if it has accepted something since.
    public var storageFailure: String?
    /// Why sealing, retention or snapshots of the log failed last, in words; `nil` if they did not, or were made good. Nothing is lost, but the
    /// log grows: most likely the disk is full.
    public var upkeepFailure: String?

    /// A Boolean value that indicates whether the engine takes up work: the store is open, the service runs, and storage accepts
    /// events. Unserved and stuck instances do not make an engine unready, since other instances run; nor does work in the background.
    public var isReady: Bool { isStoreOpen && isServiceRunning && storageFailure == nil }
}

extension Engine {
    /// Looks at the state of the engine. Costs one sync of the log at most, or one round trip to the server.
    public func health() async -> EngineHealth {
        var storageFailure = report.storageFailure
        var isStoreOpen = true
        do throws(BackendError) {
            try await backend.checkHealth()
        } catch {
            isStoreOpen = false
            storageFailure = "\(error)"
        }
        let counts = report.counts
        return EngineHealth(
            isStoreOpen: isStoreOpen, isServiceRunning: report.isRunning, unservedCount: counts.unserved,
            stuckCount: counts.stuck, storageFailure: storageFailure,
            upkeepFailure: (backend as? LogBackend)?.upkeepFailure.map { "\($0)" })
    }
}
