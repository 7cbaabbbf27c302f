internal import SayiirEvents

/// A workflow's graph, as the text of its definition tells it. Its texts are as they were recorded: whoever shows them makes them safe.
struct Definition {
    /// A node with all that it holds.
    struct Node {
        /// The id that events call it by.
        var id: NodeID
        var kind: StepStory.Kind
        /// What is particular to it: time-outs, retries, the signal, the limit.
        var detail = ""
        var terms = Outline.Terms()
        /// What it holds: branches of a fork or route, the body of a map, loop or child.
        var bodies: [Body] = []
    }

    /// Nodes that follow each other.
    struct Body {
        /// The branch's name or key; empty for other bodies.
        var label = ""
        /// Whether it is what a route takes for all other keys.
        var isDefault = false
        var nodes: [Node] = []
    }

    var nodes: [Node]

    /// Reads the text of which a definition's hash is the digest; `nil` if it is none, or nested deeper than any flow.
    init?(_ text: String) {
        var reader = DefinitionReader(text)
        guard let nodes = reader.nodes(prefix: "", depth: 0), reader.isAtEnd, !nodes.isEmpty else { return nil }
        self.nodes = nodes
    }
}
