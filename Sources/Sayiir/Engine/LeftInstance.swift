internal import SayiirEvents
internal import SayiirProjection

/// How a run left its instance.
struct LeftInstance: Sendable {
    /// The state in which it was left.
    var state: InstanceState
    /// The first task that did not begin because an executor must offer more for it than this one does.
    var unoffered: TaskOptions?
    /// Whether the run goes on in another Swift task, because code of its own has cancelled this one.
    var needsNewTask = false
    /// Attempts that are recorded as begun and whose code the new task has to call.
    var begun: [Event.TaskStarted] = []

    /// What the instance waits for.
    func rest(in graph: Graph?) -> InstanceRest {
        var rest = InstanceRest(revision: state.revision, due: nil)
        if state.phase == .active {
            rest.due = state.nextAlarm
            rest.priority = unoffered?.priority ?? state.priority(in: graph)
            rest.tags = unoffered?.tags ?? []
        }
        rest.state = state
        return rest
    }
}

extension InstanceState {
    /// How urgent the instance is: the priority of the task that it would go on with, or its own.
    func priority(in graph: Graph?) -> Int {
        let open = steps.open.compactMap { graph?.task($0.step.node)?.options.priority }
        return open.min() ?? Int(clamping: priority)
    }
}
