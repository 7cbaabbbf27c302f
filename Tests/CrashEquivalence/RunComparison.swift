package import Sayiir

/// Holds runs of a plan to what must come of it, and to the steps of a run without a crash.
package struct RunComparison {
    private let expectation: PlanExpectation
    private let uncrashed: Set<StepSummary>?

    /// What a run left of a step, but for times and attempts.
    private struct StepSummary: Hashable {
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

    /// Holds runs to what must come of them, and perhaps to a run without a crash.
    package init(_ expectation: PlanExpectation, uncrashed: PlanRunner.Record? = nil) {
        self.expectation = expectation
        self.uncrashed = uncrashed.map { Self.summaries($0) }
    }

    /// What is wrong with a run that began with `left`; `nil` if nothing is.
    package func problem(with record: PlanRunner.Record, from left: InstanceState?) -> String? {
        var problems = PlanCheck.problems(of: record, from: left, against: expectation)
        // Which steps were under way when it was cancelled, may differ.
        if let uncrashed, expectation.end != .cancelled, Self.summaries(record) != uncrashed {
            problems.append("its steps are not those of the uncrashed run")
        }
        return problems.isEmpty ? nil : problems.joined(separator: "; ")
    }

    private static func summaries(_ record: PlanRunner.Record) -> Set<StepSummary> {
        Set(record.state.steps.map(StepSummary.init))
    }
}
