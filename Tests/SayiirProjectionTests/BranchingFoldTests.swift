import SayiirEvents
import SayiirProjection
import Testing

@Suite("The fold of events of nodes that hold others")
struct BranchingFoldTests {
    private let node = Step("n")

    @Test("a fork collects its branches and completes when it is joined")
    func fork() {
        var history = HistoryBuilder(.submit, .forked(Event.Forked(step: node, branches: ["p", "q"])))
        #expect(history.state.steps[node]?.status == .entered)
        history.add(.branchFinished(Event.BranchFinished(step: node, branch: "q")))
        #expect(history.state.steps[node]?.kind == .fork(branches: ["p", "q"], finished: ["q"]))
        history.add(.branchFinished(Event.BranchFinished(step: node, branch: "p")))
        history.add(.joined(Event.Joined(step: node)))
        #expect(history.state.steps[node]?.isCompleted == true)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a map counts its elements and completes when they are through")
    func map() {
        var history = HistoryBuilder(.submit, .mapStarted(Event.MapStarted(step: node, count: 2)))
        for index: UInt32 in [1, 0] {
            history.add(.mapElementFinished(Event.MapElementFinished(step: node, index: index)))
        }
        #expect(history.state.steps[node]?.kind == .map(count: 2, finished: [0, 1]))
        history.add(.mapFinished(Event.MapFinished(step: node)))
        #expect(history.state.steps[node]?.isCompleted == true)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a route keeps its key and completes with its branch")
    func route() {
        var history = HistoryBuilder(
            .submit, .routed(Event.Routed(step: node, key: "zz", isDefault: true)))
        #expect(history.state.steps[node]?.kind == .route(key: "zz", isDefault: true))
        history.add(.branchFinished(Event.BranchFinished(step: node, branch: "zz")))
        #expect(history.state.steps[node]?.isCompleted == true)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a loop begins with its first iteration, counts them and completes")
    func loop() {
        var history = HistoryBuilder(
            .submit, .loopIterated(Event.LoopIterated(step: node, iteration: 0, decision: .again)))
        #expect(
            history.state.steps[node]?.kind
                == .loop(iterations: 1, lastDecision: .again, reachedLimit: false))
        history.add(.loopIterated(Event.LoopIterated(step: node, iteration: 1, decision: .again)))
        history.add(.loopFinished(Event.LoopFinished(step: node, iterations: 2, reachedLimit: true)))
        #expect(
            history.state.steps[node]?.kind
                == .loop(iterations: 2, lastDecision: .again, reachedLimit: true))
        #expect(history.state.steps[node]?.isCompleted == true)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("a child begins and completes")
    func child() {
        var history = HistoryBuilder(
            .submit, .childStarted(Event.ChildStarted(step: node, workflow: "c")))
        #expect(history.state.steps[node]?.kind == .child(workflow: "c"))
        history.add(.childFinished(Event.ChildFinished(step: node)))
        #expect(history.state.steps[node]?.isCompleted == true)
        #expect(history.state.anomalies.isEmpty)
    }

    @Test("entering a node twice changes nothing and is noted")
    func twice() {
        let forked = Event.Body.forked(Event.Forked(step: node, branches: ["p"]))
        let state = HistoryBuilder(.submit, forked, forked).state
        #expect(state.anomalies.map(\.problem) == [.unexpectedStatus(node, .entered)])
    }
}
