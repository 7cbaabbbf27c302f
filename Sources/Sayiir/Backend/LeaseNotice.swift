/// A notice to the holder of a lease.
public enum LeaseNotice: Hashable, Sendable {
    /// Another client changed the instance: asked it to stop, perhaps, or sent a signal.
    case changed
    /// A client asked to cancel the instance.
    case cancelRequested
    /// The lease has ended, or the backend cannot tell whether it has. Stop what runs: what it does cannot be stored.
    case lost
}
