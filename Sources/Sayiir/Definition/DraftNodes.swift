internal import SayiirLog

/// The nodes of a sequence under construction: a value that grows at its end at constant cost.
///
/// A list and the longer one that was made of it share their memory: each knows how many of the nodes there are its own, which never change. The
/// second that continues the same list finds other nodes behind its own, and copies. Nodes are kept for as long as any list that shares
/// their memory.
struct DraftNodes: Sendable {
    private let shared: Monitor<[DraftNode]>
    private let count: Int

    init(_ nodes: [DraftNode] = []) { self.init(shared: Monitor(nodes), count: nodes.count) }

    private init(shared: Monitor<[DraftNode]>, count: Int) {
        self.shared = shared
        self.count = count
    }

    /// Whether there is none.
    var isEmpty: Bool { count == 0 }

    /// All of them, in order.
    var all: ArraySlice<DraftNode> { shared.withLock { $0.prefix(count) } }

    /// The nodes with one more behind them.
    func adding(_ node: DraftNode) -> DraftNodes {
        let isAtEnd = shared.withLock { nodes in
            guard nodes.count == count else { return false }
            nodes.append(node)
            return true
        }
        return isAtEnd ? DraftNodes(shared: shared, count: count + 1) : DraftNodes(all + [node])
    }

    private init(_ nodes: ArraySlice<DraftNode>) { self.init(Array(nodes)) }
}
