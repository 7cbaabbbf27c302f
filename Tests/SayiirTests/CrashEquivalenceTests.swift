import CrashEquivalence
import Sayiir
import SayiirTesting
import Testing

/// Random flows, each crashed at every append.
///
/// `SAYIIR_FLOWS` says how many there are. If it is set, or `SAYIIR_SEED`, flows of other seeds are tried too, beginning with that
/// seed or at random: a failure there is either the engine's or the oracle's, and wants a look.
@Suite struct CrashEquivalenceTests {
    private static let flowCount = FlowSearch.askedCount ?? 2_000
    private static let groups = 10

    @Test(
        "a random flow that crashes at any append comes to the same end as without a crash, and repeats nothing",
        arguments: 0..<groups)
    func knownSeeds(group: Int) async throws {
        let share = (Self.flowCount + Self.groups - 1) / Self.groups
        await tryFlows(from: 1_000_000 + UInt64(group * share), count: share)
    }

    @Test(
        "so does one of seeds that nobody has tried",
        .enabled(if: FlowSearch.isAskedForMore, "set SAYIIR_FLOWS or SAYIIR_SEED"))
    func unknownSeeds() async throws {
        print("Crash equivalence: seeds from \(FlowSearch.newSeeds)")
        await tryFlows(from: FlowSearch.newSeeds, count: max(1, Self.flowCount / 20))
    }

    @Test("the smallest plans of all kinds of node come to the end that is expected of them", arguments: smallestPlans)
    func smallest(plan: FlowPlan) async throws {
        let problem = await CrashTrial.problem(with: plan, seed: 1)
        #expect(problem == nil)
    }

    @Test("among the known flows are all kinds of node, request and end")
    func coverage() {
        var kinds: Set<String> = []
        for seed in UInt64(1_000_000)..<1_001_000 {
            let plan = FlowGenerator.plan(seed: seed)
            for request in plan.requests { kinds.insert(request.kind.rawValue) }
            switch PlanInterpreter.expectation(of: plan).end {
            case .completed: kinds.insert("completed")
            case .failed: kinds.insert("failed")
            case .cancelled: kinds.insert("cancelled")
            }
            let words = plan.description.split { !$0.isLetter }.map(String.init)
            kinds.formUnion(words)
        }
        let expected = [
            "task", "hangs", "fails", "retries", "timed", "once", "delay", "signal", "early", "onDemand", "never",
            "fallback", "fork", "typed", "array", "byName", "route", "default", "loop", "map", "child", "cancel",
            "pause",
            "pauseAndUnpause", "completed", "failed", "cancelled",
        ]
        #expect(Set(expected).subtracting(kinds) == [])
    }

    private func tryFlows(from first: UInt64, count: Int) async {
        let problem = await FlowSearch.firstProblem(from: first, count: count, with: CrashTrial.problem)
        #expect(problem == nil)
    }

    private static let smallestPlans: [FlowPlan] = {
        let task = PlanNode.task(TaskPlan())
        let signal = SignalPlan(delivery: .onDemand, timeout: nil, hasFallback: false, isVaried: true)
        let nodes: [PlanNode] =
            [task, .delay(seconds: 1), .signal(signal), .child([task]), .map([task], count: 3, concurrency: 2)]
            + JoinStyle.allCases.map { .fork($0, [[task], [task]]) }
            + [.route([[task]], fallback: [task]), .loop([task], max: 3, failsAtMax: false)]
        return nodes.map { FlowPlan(input: 1, nodes: [$0]) }
    }()
}
