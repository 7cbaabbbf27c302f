internal import SayiirEvents
internal import SayiirProjection

/// Which way a run took through its graph.
struct RunPath {
    /// What became of a node, over all of its activations.
    enum Mark: String, CaseIterable {
        case completed, failed, running
        /// The run ended before it did.
        case abandoned
        case notTaken = "not_taken"

        /// The mark in a word or two.
        var words: String { self == .notTaken ? "not taken" : rawValue }
    }

    private var marks: [NodeID: Mark] = [:]
    private var counts: [NodeID: Int] = [:]
    private var keys: [NodeID: Set<ExactText>] = [:]
    /// Whether the run came to its end.
    let isCompleted: Bool

    init(_ story: Story) {
        isCompleted = story.state.phase == .completed
        for case .step(let step) in story.chapters {
            let node = step.step.node
            counts[node, default: 0] += 1
            marks[node] = Self.joined(marks[node], Self.mark(of: step))
            if let branch = step.branch { keys[node, default: []].insert(ExactText(branch)) }
        }
    }

    /// What became of a node. A route is as its key's task is until it has chosen.
    func mark(of node: NodeID) -> Mark { marks[node] ?? marks[NodeID("\(node)::key_fn")] ?? .notTaken }

    /// How often a node was activated.
    func count(of node: NodeID) -> Int { counts[node] ?? 0 }

    /// Whether a route took a branch.
    func took(_ key: String, at node: NodeID) -> Bool { keys[node]?.contains(ExactText(key)) ?? false }

    private static func mark(of step: StepStory) -> Mark {
        switch step.outcome {
        case .completed: .completed
        case .failed: .failed
        case .underWay, .inDoubt: .running
        case .abandoned: .abandoned
        }
    }

    /// A failure says more than what still runs or was left, and that more than what is done.
    private static func joined(_ first: Mark?, _ second: Mark) -> Mark {
        guard let first else { return second }
        for mark in [Mark.failed, .running, .abandoned] where first == mark || second == mark { return mark }
        return second
    }
}
