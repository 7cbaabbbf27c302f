/// What a backend on a store other than the log throws, inside ``BackendError/store(_:)``.
public protocol StoreError: Error, CustomStringConvertible {
    /// Whether the same call may succeed later, with nobody doing anything about it or once somebody has, on the same backend. A
    /// service waits and tries again then, and ends otherwise.
    var isPassing: Bool { get }

    /// Whether what was to be stored may be found stored nevertheless. Reading the instance again tells.
    var isOutcomeUnknown: Bool { get }

    /// Whether the error is about one instance, its events or its size: others can go on nevertheless. False by default.
    var concernsOneInstance: Bool { get }
}

extension StoreError {
    /// False.
    public var concernsOneInstance: Bool { false }
}
