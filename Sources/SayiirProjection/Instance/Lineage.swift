public import SayiirEvents

/// Where an instance's past came from, if not from its own run.
public enum Lineage: Hashable, Sendable {
    /// It began as a copy of another instance's past. The copied events carry the changed value already.
    case derived(Event.Derived)
    /// It was brought in from another store.
    case imported(Event.Imported)
}
