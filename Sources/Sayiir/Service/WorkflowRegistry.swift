internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// The definitions that an engine can run, by their hashes.
final class WorkflowRegistry: Sendable {
    private let graphs = Monitor<[DefinitionHash: Graph]>([:])

    func add(_ graph: Graph, _ hash: DefinitionHash) { graphs.withLock { $0[hash] = graph } }

    /// The hashes of all definitions.
    var definitions: [DefinitionHash] { graphs.withLock { Array($0.keys) } }

    /// The definition with the given hash; `nil` if nobody registered it.
    func graph(_ hash: DefinitionHash?) -> Graph? { graphs.withLock { graphs in hash.flatMap { graphs[$0] } } }
}
