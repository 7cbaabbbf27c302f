extension Event {
    /// What happened: one case for each kind of transition.
    public enum Body: Hashable, Sendable {
        /// An instance, or a new run of one, came into being.
        case submitted(Submitted)
        /// The workflow finished.
        case completed(Completed)
        /// The workflow ended with an error.
        case failed(Failed)
        /// A new run of the same id replaces this one, by the caller's conflict policy.
        case superseded(Superseded)
        /// An ended instance goes on again from the given step, by a person's decision.
        case reopened(Reopened)
        /// The instance and what belongs to it are gone from every view.
        case deleted(Deleted)
        /// An executor holds the instance; earlier holders can no longer write.
        case leaseAcquired(LeaseAcquired)
        /// A holder's lease ended without its release.
        case leaseLost(LeaseLost)
        /// The instance was moved to another definition.
        case definitionChanged(DefinitionChanged)
        /// The instance began as a copy of another one's past.
        case derived(Derived)
        /// The instance was brought in from another store.
        case imported(Imported)
        /// Somebody left a note.
        case annotated(Annotated)
        /// An attempt at a task begins; its code may run from here on.
        case taskStarted(TaskStarted)
        /// A task returned, and its output is kept: it never runs again.
        case taskCheckpointed(TaskCheckpointed)
        /// An attempt ended with an error.
        case taskFailed(TaskFailed)
        /// An attempt did not return within its time.
        case taskTimedOut(TaskTimedOut)
        /// Another attempt follows, not before a given moment.
        case retryScheduled(RetryScheduled)
        /// A task that may run at most once was started, and nobody knows whether it finished. A person decides.
        case taskInDoubt(TaskInDoubt)
        /// A person decided about a task in doubt.
        case doubtResolved(DoubtResolved)
        /// The executor stopped an attempt before its end. The attempt does not count; another one follows.
        case taskInterrupted(TaskInterrupted)
        /// A step cannot go on in this program, because a stored value could not be decoded.
        case stepStuck(StepStuck)
        /// A fork started all of its branches, each with the fork's input.
        case forked(Forked)
        /// The last node of a branch finished; its output is the branch's.
        case branchFinished(BranchFinished)
        /// All branches finished and their outputs went to the join.
        case joined(Joined)
        /// A map began over an array that is known only now.
        case mapStarted(MapStarted)
        /// One element of a map went through.
        case mapElementFinished(MapElementFinished)
        /// All elements of a map went through.
        case mapFinished(MapFinished)
        /// A route chose its branch.
        case routed(Routed)
        /// The body of a loop returned its decision.
        case loopIterated(LoopIterated)
        /// A loop is done.
        case loopFinished(LoopFinished)
        /// A child workflow began.
        case childStarted(ChildStarted)
        /// A child workflow ended; its output is the node's.
        case childFinished(ChildFinished)
        /// A delay began.
        case delayStarted(DelayStarted)
        /// A delay is over.
        case delayElapsed(DelayElapsed)
        /// A node waits for a signal.
        case signalAwaited(SignalAwaited)
        /// A signal arrived and is kept until a node consumes it, first in, first out for each name.
        case signalReceived(SignalReceived)
        /// A waiting node took a signal; its payload is the node's output.
        case signalConsumed(SignalConsumed)
        /// A wait ended without its signal.
        case signalTimedOut(SignalTimedOut)
        /// A signal's payload could not be decoded. It stays in the mailbox, and the wait continues.
        case signalRejected(SignalRejected)
        /// Somebody asked to pause; it takes effect between tasks.
        case pauseRequested(PauseRequested)
        /// The instance stands still until it is unpaused.
        case paused(Paused)
        /// The instance may go on.
        case unpaused(Unpaused)
        /// Somebody asked to cancel; it takes effect between tasks.
        case cancelRequested(CancelRequested)
        /// The instance ended by cancellation.
        case cancelled(Cancelled)
        /// A kind that this build does not know, kept as it was stored: a newer build wrote it.
        case unknown(Unknown)
    }

    /// An event of a kind that this build does not know.
    public struct Unknown: Hashable, Sendable {
        /// The field number of the kind in the published schema: 16 or above, and none of ``Event/Kind``.
        public var kind: UInt32
        /// The event's content, undecoded.
        public var bytes: [UInt8]

        /// Keeps an event of an unknown kind.
        public init(kind: UInt32, bytes: [UInt8]) {
            self.kind = kind
            self.bytes = bytes
        }
    }
}
