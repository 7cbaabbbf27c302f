/// What a backend on a store other than the log throws, inside ``BackendError/store(_:)``.
public protocol StoreError: Error, CustomStringConvertible {
    /// Whether the same call may succeed later, with nobody doing anything about it or once somebody has, on the same backend. A
    /// service waits and tries again then, and ends otherwise.
    var isPassing: Bool { get }

    /// Whether what was to be stored may be found stored nevertheless. Reading the instance again tells.
    var isOutcomeUnknown: Bool { get }

    /// A Boolean value that indicates whether the error concerns one instance only, so that other instances can run. False by default.
    var concernsOneInstance: Bool { get }
}

extension StoreError {
    /// False.
    public var concernsOneInstance: Bool { false }
}
