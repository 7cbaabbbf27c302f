public import SayiirEvents

/// Why a flow could not be built: everything that is wrong with it, at once.
public struct FlowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong with a flow.
    public enum Problem: Hashable, Sendable, CustomStringConvertible {
        /// The flow has no node.
        case noTask
        /// Two nodes have the same id.
        case duplicateID(NodeID)
        /// A value that governs a node is out of bounds.
        case invalidOption(NodeID, String)
        /// The flow's metadata cannot be stored.
        case invalidMetadata(String)

        /// The problem in a sentence.
        public var description: String {
            switch self {
            case .noTask: "Workflow must have at least one task"
            case .duplicateID(let id): "Duplicate task id: '\(id)'"
            case .invalidOption(let id, let text): "Task '\(id)': \(text)"
            case .invalidMetadata(let text): "The flow's metadata cannot be stored: \(text)"
            }
        }
    }

    /// The problems in the order in which the flow met them; never empty.
    public let problems: [Problem]

    /// The problem, or a list of all if there are several.
    public var description: String {
        guard problems.count > 1 else { return problems.first?.description ?? "" }
        return "\(problems.count) build errors:" + problems.map { "\n  - \($0)" }.joined()
    }
}
