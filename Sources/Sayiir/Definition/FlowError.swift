public import SayiirEvents

/// Why a flow could not be built: everything that is wrong with it, at once.
public struct FlowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong with a flow.
    public enum Problem: Hashable, Sendable, CustomStringConvertible {
        /// The flow has no node.
        case noTask
        /// Two nodes have the same id.
        case duplicateID(NodeID)
        /// A fork has no branch.
        case noBranch
        /// A branch or body of the node has no node.
        case emptyBranch(NodeID)
        /// Two branches of a fork have the same name, or two of a route the same key.
        case duplicateBranch(String)
        /// A route has a branch for a key that cannot occur.
        case undeclaredKey(String, declared: [String])
        /// A route has no branch for keys that can occur, and no default.
        case missingKeys([String])
        /// A value that governs a node is out of bounds: which one, in a sentence.
        case invalid(String)
        /// The flow's metadata cannot be stored.
        case invalidMetadata(String)

        /// The problem in a sentence.
        public var description: String {
            switch self {
            case .noTask: "Workflow must have at least one task"
            case .duplicateID(let id): "Duplicate task id: '\(id)'"
            case .noBranch: "Fork must have at least one branch"
            case .emptyBranch(let id): "Branch must have at least one step (in '\(id)')"
            case .duplicateBranch(let name): "Duplicate branch: '\(name)'"
            case .undeclaredKey(let key, let declared):
                "Branch key '\(key)' is not in the declared keys: [\(declared.map { "'\($0)'" }.joined(separator: ", "))]"
            case .missingKeys(let keys) where keys.isEmpty: "Route: no keys are declared and there is no default branch"
            case .missingKeys(let keys): "Route: missing branches for keys: \(keys.joined(separator: ", "))"
            case .invalid(let text): text
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
