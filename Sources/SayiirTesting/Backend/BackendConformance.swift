public import Sayiir

/// What every backend must do, as a list of checks that the tests of any backend can run.
///
/// ```swift
/// @Test(arguments: BackendConformance.checks)
/// func conforms(to check: BackendConformance.Check) async throws {
///     try await check.run { try await MyBackend.open(emptyDatabase()) }
/// }
/// ```
///
/// The checks know nothing of a test framework: each throws what is wrong, and returns if nothing is. Those of writers in a
/// race find a fault of timing only if it shows while they run; run them often, and under the thread sanitizer.
public enum BackendConformance {
    /// All checks, in the order in which their findings are the most use.
    public static let checks =
        appendChecks + historyChecks + identityChecks + leaseChecks + watchingChecks + concurrencyChecks
}

extension BackendConformance {
    /// Opens a backend that has no instances. Each check opens one or more of its own.
    public typealias Factory = @Sendable () async throws -> any Backend

    /// One thing that every backend must do.
    public struct Check: Sendable, CustomStringConvertible {
        /// What is claimed of the backend, in a sentence.
        public let name: String
        private let body: @Sendable (any Backend) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (any Backend) async throws -> Void) {
            self.name = name
            self.body = body
        }

        /// The name.
        public var description: String { name }

        /// Finds out whether the claim is true of a fresh backend.
        ///
        /// - Parameters:
        ///   - limit: How long it may take; a backend that has not answered by then is taken for one that never will.
        ///   - factory: Opens a backend that has no instances.
        /// - Throws: ``BackendDeviation`` if the backend does something else, or does not answer in time; what the factory or
        ///   the backend threw if the check did not expect that; `CancellationError` if the calling task is cancelled.
        public func run(within limit: Duration = .seconds(60), on factory: @escaping Factory) async throws {
            try await BackendConformance.run(within: limit) { try await body(factory()) }
        }
    }

    /// Runs `body`, and takes it for one that never ends if it has not by then.
    static func run(within limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let (outcomes, continuation) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        // Not children of this task: one that waits for a backend that never answers would hold up the report of that.
        let work = Task {
            do {
                try await body()
                continuation.yield(.success(()))
            } catch {
                continuation.yield(.failure(error))
            }
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            continuation.yield(.failure(BackendDeviation("the backend did not answer within \(limit)")))
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        for await outcome in outcomes { return try outcome.get() }
        throw CancellationError()
    }
}

/// What a backend does that the contract of ``/Sayiir/Backend`` does not allow.
public struct BackendDeviation: Error, CustomStringConvertible {
    /// What was expected, and what was found.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless `condition` is true.
func require(_ condition: Bool, _ complaint: @autoclosure () -> String) throws(BackendDeviation) {
    if !condition { throw BackendDeviation(complaint()) }
}

/// Throws unless the two are equal.
func requireEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: @autoclosure () -> String
) throws(BackendDeviation) {
    if found != expected { throw BackendDeviation("\(what()): expected \(expected), found \(found)") }
}

/// Throws unless `body` throws an error that is the expected one.
func requireError(
    _ what: String, _ body: () async throws -> Void, where isExpected: (BackendError) -> Bool
) async throws {
    do {
        try await body()
    } catch let error as BackendError where isExpected(error) {
        return
    } catch {
        throw BackendDeviation("\(what) is refused with another error than it should be: \(error)")
    }
    throw BackendDeviation("\(what) is not refused")
}
