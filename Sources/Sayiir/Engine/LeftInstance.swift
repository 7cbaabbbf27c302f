internal import SayiirEvents
internal import SayiirProjection

/// How a run left its instance. A class, since an asynchronous function that has states for variables takes kilobytes of memory.
final class LeftInstance: Sendable {
    /// The state in which it was left.
    let state: InstanceState
    /// The first task that did not begin because an executor must offer more for it than this one does.
    let unoffered: TaskOptions?
    /// Attempts that are recorded as begun and whose code another Swift task has to call, because code of the run has cancelled its
    /// own; `nil` if the run need not go on.
    let leftToNewTask: [Event.TaskStarted]?

    init(state: InstanceState, unoffered: TaskOptions? = nil, leftToNewTask: [Event.TaskStarted]? = nil) {
        self.state = state
        self.unoffered = unoffered
        self.leftToNewTask = leftToNewTask
    }

    /// What the instance waits for.
    func rest(in graph: Graph?) -> InstanceRest {
        var rest = InstanceRest(revision: state.revision, due: nil)
        if state.phase == .active {
            rest.due = state.nextAlarm
            rest.priority = unoffered?.priority ?? state.priority(in: graph)
            rest.tags = unoffered?.tags ?? []
        }
        rest.left = self
        return rest
    }
}

extension InstanceState {
    /// How urgent the instance is: the priority of the task that it would go on with, or its own.
    func priority(in graph: Graph?) -> Int {
        let open = steps.openCount == 0 ? [] : steps.open.compactMap { graph?.task($0.step.node)?.options.priority }
        return open.min() ?? Int(clamping: priority)
    }
}
