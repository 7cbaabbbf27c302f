internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// The workflows that an engine can run, by their names and definitions.
final class WorkflowRegistry: Sendable {
    /// A workflow that was registered.
    private struct Entry: Sendable {
        var graph: Graph
        /// The types of its values and where it was built: what tells it from another one of the same name and definition.
        var origin: WorkflowOrigin
    }

    private struct Contents {
        var entries: [ServedWorkflow: Entry] = [:]
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastListener = 0
    }

    private let contents = Monitor(Contents())

    /// Registers a workflow under each of its names.
    ///
    /// - Throws: ``WorkflowError/registrationConflict(_:_:)`` if another one is registered that could not be told from it.
    func add<Input, Output>(_ workflow: Workflow<Input, Output>) throws(WorkflowError) {
        let origin = workflow.origin
        let listeners = try contents.withLock { contents throws(WorkflowError) in
            let keys = workflow.names.map { ServedWorkflow(name: $0, definition: workflow.definitionHash) }
            for key in keys {
                guard let known = contents.entries[key], known.origin != origin else { continue }
                throw .registrationConflict(known.origin.description, origin.description)
            }
            for key in keys { contents.entries[key] = Entry(graph: workflow.graph, origin: origin) }
            return Array(contents.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    /// The names and definitions of all workflows.
    var workflows: [ServedWorkflow] { contents.withLock { Array($0.entries.keys) } }

    /// The graph by which an instance is run; `nil` if no workflow of its name and definition is registered.
    func graph(of state: InstanceState) -> Graph? {
        guard let definition = state.definition else { return nil }
        return graph(of: ServedWorkflow(name: state.workflow, definition: definition))
    }

    /// The graph of a workflow; `nil` if it is not registered.
    func graph(of workflow: ServedWorkflow) -> Graph? { contents.withLock { $0.entries[workflow]?.graph } }

    /// An element for each registration from this call on.
    func additions() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let listener = contents.withLock { contents in
            contents.lastListener += 1
            contents.listeners[contents.lastListener] = continuation
            return contents.lastListener
        }
        continuation.onTermination = { _ in self.contents.withLock { $0.listeners[listener] = nil } }
        return stream
    }
}

/// Where a workflow comes from: tells two workflows apart that have the same name and definition.
struct WorkflowOrigin: Hashable, Sendable, CustomStringConvertible {
    var name: String
    /// The types of the input and the output.
    var types: String
    /// Where `build()` was called.
    var fileID: String
    var line: UInt
    /// The number of the call: a function that builds workflows may give each other code.
    let build = nextBuild()

    private static let builds = Monitor(0)

    private static func nextBuild() -> Int {
        builds.withLock { number in
            number += 1
            return number
        }
    }

    /// `'mail' (String to String, built at Mail.swift:12)`.
    var description: String { "'\(name)' (\(types), built at \(fileID):\(line))" }
}
