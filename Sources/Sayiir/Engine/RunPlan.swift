internal import SayiirEvents
internal import SayiirProjection

/// What a run begins with. A class, since an asynchronous function that has states for variables takes kilobytes of memory.
final class RunPlan: Sendable {
    /// How a run begins.
    enum Start: Sendable {
        /// The instance is submitted, in one commit with its first step. A run that is there is ended first if `superseding` is true.
        case submission(Event.Submitted, superseding: Bool)
        /// The instance goes on where it stands.
        case takingUp
        /// The code is called of attempts that are recorded as begun, by another Swift task of the same run.
        case attempts([Event.TaskStarted])
    }

    /// The instance's state.
    let state: InstanceState
    /// The workflow's name.
    let workflow: String
    /// The trace that the run's submission belongs to.
    let trace: TraceContext?
    let graph: Graph
    let start: Start

    /// A run of an instance that is submitted.
    init(
        submitting submission: Event.Submitted, to state: InstanceState, superseding: Bool, _ graph: Graph
    ) {
        self.state = state
        self.graph = graph
        workflow = submission.workflow
        trace = submission.traceContext
        start = .submission(submission, superseding: superseding)
    }

    /// A run of an instance that is there.
    init(from state: InstanceState, _ graph: Graph, _ start: Start = .takingUp) {
        self.state = state
        self.graph = graph
        self.start = start
        workflow = state.workflow
        trace = state.traceContext
    }
}
