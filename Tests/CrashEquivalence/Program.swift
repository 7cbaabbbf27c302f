internal import Sayiir
internal import SayiirTesting

/// A plan in a dress, with what happens to the process that runs it.
package struct Program: Hashable, Sendable {
    package var seed: UInt64
    package var plan: FlowPlan
    package var dress: PlanDress
    /// Whether the instance's id is one that no other program has.
    package var hasUniqueID: Bool

    /// The program of a seed.
    ///
    /// - Parameters:
    ///   - seed: Decides everything.
    ///   - hasUniqueID: Whether the instance's id is one that no other program has, for stores that others use, too.
    package init(seed: UInt64, hasUniqueID: Bool) {
        self.seed = seed
        self.hasUniqueID = hasUniqueID
        plan = FlowGenerator.plan(seed: seed)
        dress = PlanDress(seed: seed)
    }
}

extension Program: CustomStringConvertible {
    package var description: String { "\(plan) [\(dress)]" }
}

/// A way to run a program.
package struct ProgramTrial: Sendable {
    package enum Mode: String, Sendable {
        /// By `run` and `resume`.
        case byHand = "by hand"
        /// By an engine that runs as a service.
        case service
    }

    package var store: any ProgramStore
    package var mode: Mode
    /// After how many appends the process crashes, for each process that does.
    package var crashes: [Int]

    /// Describes a trial.
    package init(on store: any ProgramStore, _ mode: Mode, crashes: [Int] = []) {
        self.store = store
        self.mode = mode
        self.crashes = crashes
    }
}

extension ProgramTrial: CustomStringConvertible {
    package var description: String {
        "\(store.name), \(mode.rawValue)"
            + (crashes.isEmpty ? "" : ", crashing after \(crashes.map { "\($0)" }.joined(separator: " and ")) appends")
    }
}

/// What a program came to.
package struct ProgramOutcome: Sendable {
    /// A step as a run left it, but for times and attempts.
    struct StepSummary: Hashable {
        var step: Step
        var kind: StepState.Kind
        var isCompleted: Bool
        var isAbandoned: Bool
        var output: Payload?
        var failures: UInt32

        init(_ state: StepState) {
            step = state.step
            kind = state.kind
            isCompleted = state.isCompleted
            isAbandoned = state.isAbandoned
            output = state.output
            failures = state.failureCount
        }
    }

    /// How far two trials of a program can be compared.
    enum Precision: Int, Comparable {
        /// Both ended, or both were refused.
        case end
        /// The same status.
        case status
        /// The same status, output, failure and steps.
        case everything

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// Why the program was refused; `nil` if it ran.
    var refusal: String?
    /// The name of the status.
    var status = ""
    var output: Int?
    var failure: Failure?
    var failedStep: Step?
    var steps: Set<StepSummary> = []
    var precision = Precision.everything
    /// What was wrong in itself.
    var problems: [String] = []

    /// Whether the program ran.
    package var hasRun: Bool { refusal == nil }

    /// The first difference; `nil` if there is none that counts.
    func difference(to other: ProgramOutcome) -> String? {
        if refusal != other.refusal { return "refused as \(refusal.shortened) and as \(other.refusal.shortened)" }
        let precision = min(precision, other.precision)
        guard precision >= .status else { return nil }
        if status != other.status { return "\(self) and \(other)" }
        // Which steps were under way when it was cancelled, may differ.
        guard precision == .everything, status != "cancelled" else { return nil }
        if output != other.output || failure != other.failure || failedStep != other.failedStep {
            return "\(self) and \(other)"
        }
        let (missing, additional) = (steps.subtracting(other.steps), other.steps.subtracting(steps))
        if missing.isEmpty && additional.isEmpty { return nil }
        return "steps \(missing.map { "\($0)" }.shortened) and \(additional.map { "\($0)" }.shortened)"
    }
}

extension ProgramOutcome: CustomStringConvertible {
    package var description: String {
        if let refusal { return "refused: \(refusal.shortened)" }
        let failure = failure.map { ": \("\($0)".shortened) at '\("\(failedStep.map { "\($0)" } ?? "?")".shortened)'" }
        return "\(status)\(output.map { " with \($0)" } ?? "")\(failure ?? "")"
    }
}

extension String {
    /// The beginning of the text, with control characters as escapes.
    var shortened: String {
        let head = String(decoding: utf8.prefix(300), as: UTF8.self)
        return head.debugDescription + (utf8.count > 300 ? "… (\(utf8.count) bytes)" : "")
    }
}

extension String? {
    fileprivate var shortened: String { map(\.shortened) ?? "nothing" }
}

extension [String] {
    fileprivate var shortened: String { sorted().joined(separator: ", ").shortened }
}
