public import Sayiir

/// A store that several backends share, each as another process would: what the checks of a ``/Sayiir/SharedBackend`` work on.
public struct SharedStore: Sendable {
    /// How long a lease lasts on it that nobody renews. Checks wait for that: a few seconds at most.
    public var leaseDuration: Duration
    let open: @Sendable () async throws -> any SharedBackend
    let cutOff: @Sendable (any SharedBackend) async -> Void

    /// Describes a store that has no instances.
    ///
    /// - Parameters:
    ///   - leaseDuration: How long a lease lasts on it that nobody renews.
    ///   - open: Opens one more backend on it, which knows nothing of the others.
    ///   - cutOff: Takes the way to the store from a backend, as if its process had died: it renews no lease any more, nor gives one back.
    public init(
        leaseDuration: Duration, open: @escaping @Sendable () async throws -> any SharedBackend,
        cutOff: @escaping @Sendable (any SharedBackend) async -> Void
    ) {
        self.leaseDuration = leaseDuration
        self.open = open
        self.cutOff = cutOff
    }
}

extension BackendConformance {
    /// What a backend that several processes share must do beside ``checks``.
    ///
    /// ```swift
    /// @Test(arguments: BackendConformance.sharedChecks)
    /// func conforms(to check: BackendConformance.SharedCheck) async throws {
    ///     try await check.run { emptyStore() }
    /// }
    /// ```
    public static let sharedChecks = claimChecks + restChecks + sharedLeaseChecks + sharedStoreChecks

    /// One thing that every backend must do that several processes share.
    public struct SharedCheck: Sendable, CustomStringConvertible {
        /// What is claimed of the backend, in a sentence.
        public let name: String
        private let body: @Sendable (SharedStore) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (SharedStore) async throws -> Void) {
            self.name = name
            self.body = body
        }

        /// The name.
        public var description: String { name }

        /// Finds out whether the claim is true of backends on a fresh store.
        ///
        /// - Parameters:
        ///   - limit: How long it may take; a backend that has not answered by then is taken for one that never will.
        ///   - factory: Makes a store that has no instances.
        /// - Throws: As ``Check/run(within:on:)`` does.
        public func run(
            within limit: Duration = .seconds(60), on factory: @escaping @Sendable () async throws -> SharedStore
        ) async throws {
            try await BackendConformance.run(within: limit) { try await body(factory()) }
        }
    }
}
