public import SayiirEvents

/// Something in a history that no correct engine would have written.
///
/// Folding never fails: it notes what it could not make sense of and goes on, so that a damaged or foreign history
/// can still be shown.
public struct Anomaly: Hashable, Sendable, CustomStringConvertible {
    /// The revision of the event concerned.
    public var revision: UInt64
    /// What is wrong with it.
    public var problem: Problem

    /// Describes an anomaly.
    public init(revision: UInt64, problem: Problem) {
        self.revision = revision
        self.problem = problem
    }

    /// What can be wrong with an event.
    public enum Problem: Hashable, Sendable {
        /// It belongs to another instance. It was not applied.
        case foreignInstance(InstanceID)
        /// Its revision was applied before. It was not applied again.
        case repeatedRevision(current: UInt64)
        /// Revisions before it are missing. It was applied.
        case missingRevisions(expected: UInt64)
        /// Nothing was submitted yet. It was applied as far as possible.
        case beforeSubmission
        /// The run had ended. It was not applied.
        case afterEnd(InstancePhase)
        /// A run was under way, or had not been replaced. It was not applied.
        case alreadySubmitted
        /// The instance was in a phase that the event does not lead out of. It was not applied.
        case unexpectedPhase(InstancePhase)
        /// The step had not begun. It was applied.
        case stepNotBegun(Step)
        /// The step was in a status that the event does not lead out of. It was applied unless the step had completed.
        case unexpectedStatus(Step, StepState.Status)
        /// The attempt's number is not the expected one. It was applied.
        case unexpectedAttempt(Step, expected: UInt32, found: UInt32)
        /// The signal was not in the mailbox. The wait ended without a payload.
        case signalMissing(Step, receivedRevision: UInt64)
        /// A signal with this id had arrived before. It was not applied.
        case repeatedSignal(deduplicationID: String)
        /// The lease's epoch is not higher than the one before, or is not the current one. It was not applied.
        case staleEpoch(current: UInt64, found: UInt64)
    }

    /// The anomaly in a sentence.
    public var description: String { "revision \(revision): \(problem)" }
}

extension Anomaly.Problem: CustomStringConvertible {
    /// The problem in a sentence.
    public var description: String {
        switch self {
        case .foreignInstance(let id): "the event belongs to instance '\(id)'"
        case .repeatedRevision(let current): "revision \(current) was applied already"
        case .missingRevisions(let expected): "revision \(expected) was expected; events are missing"
        case .beforeSubmission: "nothing was submitted yet"
        case .afterEnd(let phase): "the run had ended (\(phase))"
        case .alreadySubmitted: "the instance exists and was not superseded"
        case .unexpectedPhase(let phase): "the event cannot follow in phase \(phase)"
        case .stepNotBegun(let step): "step '\(step)' had not begun"
        case .unexpectedStatus(let step, let status): "step '\(step)' was \(status)"
        case .unexpectedAttempt(let step, let expected, let found):
            "step '\(step)' was expected at attempt \(expected), found \(found)"
        case .signalMissing(let step, let revision):
            "step '\(step)' consumed the signal of revision \(revision), which is not in the mailbox"
        case .repeatedSignal(let id): "a signal with id '\(id)' had arrived before"
        case .staleEpoch(let current, let found):
            "lease epoch \(found) does not fit the current epoch \(current)"
        }
    }
}
