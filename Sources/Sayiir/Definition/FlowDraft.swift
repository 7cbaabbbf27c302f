internal import SayiirEvents

/// What a flow has gathered so far, not yet named and checked.
struct FlowDraft: Sendable {
    var nodes = DraftNodes()
    /// The workflow's metadata, as JSON; or why it could not be stored.
    var metadata: Result<Payload, ValueError>?
    /// How long a run may take; `nil` if as long as it likes.
    var deadline: Duration?
    /// The names under which the workflow was known before.
    var formerNames: [String] = []
}

/// A node of a flow under construction.
struct DraftNode: Sendable {
    /// The id that was given; `nil` if the node is to be named by its kind and number.
    var id: String?
    var kind: Kind

    indirect enum Kind: Sendable {
        case task(TaskNode)
        case delay(Duration)
        case signal(SignalNode)
        case fork([DraftBranch])
        case route(DraftRoute)
        case loop(body: FlowDraft, LoopNode)
        case map(body: FlowDraft, MapNode)
        case child(FlowDraft, workflow: String)
    }
}

/// A branch of a fork under construction.
struct DraftBranch: Sendable {
    /// The name that was given; `nil` for the id of the first node.
    var name: String?
    var draft: FlowDraft
}

/// A route under construction.
struct DraftRoute: Sendable {
    var key: TaskNode
    /// The keys that may occur.
    var keys: [String]
    var branches: [(key: String, draft: FlowDraft)]
    var fallback: FlowDraft?
    var envelope: @Sendable (String, NodeValue, Codecs) throws(ValueError) -> any Sendable
}
