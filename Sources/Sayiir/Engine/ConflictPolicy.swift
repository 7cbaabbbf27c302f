/// What to do about an instance that is there already when a new one is to begin under its id.
public enum ConflictPolicy: String, Hashable, Sendable, CaseIterable {
    /// Throw ``WorkflowError/instanceExists(_:)``, whatever status the instance has.
    case fail
    /// Give the status of the instance that is there. The new input is ignored and nothing runs.
    case useExisting = "use_existing"
    /// Continue the instance that is there if it is live and no executor runs it, and give its status. The new input is ignored.
    /// This is the policy for a program that is simply started again after a crash. A client that only submits does the
    /// same as with ``useExisting``.
    case resume
    /// End what is there, whatever it does, drop the signals that were sent to it, and begin anew. An executor that runs it
    /// just now is fenced off: what its task still does is not recorded.
    case terminateExisting = "terminate_existing"
}
