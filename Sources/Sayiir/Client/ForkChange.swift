public import SayiirEvents

/// The value that a fork of an instance has instead of the one that is in the past it copies; see
/// ``WorkflowClient/fork(_:from:at:as:changing:by:reason:)``.
public struct ForkChange<Input: Codable & Sendable>: Sendable {
    let place: ChangedPlace
    let value: any Encodable & Sendable

    /// The workflow gets another input: all of it runs again.
    ///
    /// - Parameter value: What it gets.
    public static func input(_ value: Input) -> ForkChange { ForkChange(place: .input, value: value) }

    /// A step gave something else: it does not run again, and all that happened after it does.
    ///
    /// - Parameters:
    ///   - step: A task or a wait for a signal that had completed. Other nodes have no value of their own: change that of a step in
    ///     them.
    ///   - value: What it gave. Nothing tells whether it is of the step's type: if it is not, the step that takes it fails.
    public static func output(of step: Step, _ value: some Encodable & Sendable) -> ForkChange {
        ForkChange(place: .output(step), value: value)
    }
}

/// Where a fork has another value.
enum ChangedPlace: Sendable, CustomStringConvertible {
    case input
    case output(Step)

    var description: String {
        switch self {
        case .input: "the submission"
        case .output(let step): "step '\(step)'"
        }
    }
}
