internal import SayiirTesting

/// Makes plans at random, each from its seed.
///
/// What is left to chance by the engine must not decide a run's end. So below a fork or map, where sequences overtake each
/// other, nothing fails for good, no attempt runs out of time, and a wait with a time-out never races with its signal. Cancelling is
/// left to the ``PlanInterpreter``, which knows what is under way.
package struct FlowGenerator {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// What is around a node.
    private struct Place {
        var depth = 0
        /// Whether it is below a fork or map.
        var isParallel = false
        var isInMap = false

        var deeper: Place { Place(depth: depth + 1, isParallel: isParallel, isInMap: isInMap) }
        var parallel: Place { Place(depth: depth + 1, isParallel: true, isInMap: isInMap) }
        var element: Place { Place(depth: depth + 1, isParallel: true, isInMap: true) }
    }

    /// The plan of a seed: most are small, a few larger.
    package static func plan(seed: UInt64) -> FlowPlan {
        var generator = FlowGenerator(seed: seed)
        return generator.plan()
    }

    private mutating func plan() -> FlowPlan {
        var budget =
            switch number(0..<100) {
            case ..<80: number(1..<5)
            case ..<97: number(5..<9)
            default: number(9..<16)
            }
        var plan = FlowPlan(input: number(0..<10), nodes: sequence(&budget, Place()))
        if chance(1, of: 3) { addRequest(to: &plan) }
        return plan
    }

    private mutating func addRequest(to plan: inout FlowPlan) {
        let steps = PlanInterpreter.expectation(of: plan).order
        for _ in 0..<number(1..<3) {
            guard let step = steps.randomElement(using: &random) else { return }
            var longer = plan
            longer.requests.append(PlanRequest(kind: pick(PlanRequest.Kind.allCases), step: step))
            if !PlanInterpreter.expectation(of: longer).isAmbiguous { plan = longer }
        }
    }

    /// A sequence of at least one node that uses up some of the budget.
    private mutating func sequence(_ budget: inout Int, _ place: Place) -> [PlanNode] {
        var nodes: [PlanNode] = []
        let length = place.depth == 0 ? Int.max : number(1..<4)
        repeat {
            budget -= 1
            nodes.append(node(&budget, place))
        } while budget > 0 && nodes.count < length
        return nodes
    }

    private mutating func node(_ budget: inout Int, _ place: Place) -> PlanNode {
        let canNest = budget > 0 && place.depth < 4
        switch number(0..<(canNest ? 20 : 8)) {
        case 0..<4: return .task(task(place))
        case 4, 5: return .delay(seconds: pick([0, 1, 40]))
        case 6, 7: return .signal(signal(place))
        case 8..<11:
            let branches = (0..<number(1..<4)).map { _ in sequence(&budget, place.parallel) }
            return .fork(pick(JoinStyle.allCases), branches)
        case 11, 12:
            let branches = (0..<number(1..<3)).map { _ in sequence(&budget, place.deeper) }
            return .route(branches, fallback: chance(1, of: 2) ? sequence(&budget, place.deeper) : nil)
        case 13..<16:
            let body = chance(1, of: 4) ? [] : sequence(&budget, place.deeper)
            let failsAtMax = !place.isParallel && chance(1, of: 4)
            return .loop(body, max: number(1..<5), failsAtMax: failsAtMax)
        case 16, 17: return .child(sequence(&budget, place.deeper))
        default:
            return .map(sequence(&budget, place.element), count: number(0..<5), concurrency: number(1..<4))
        }
    }

    private mutating func task(_ place: Place) -> TaskPlan {
        var task = TaskPlan(adds: number(1..<10))
        task.isTimed = chance(1, of: 6)
        switch number(0..<10) {
        case 0..<3:
            let retries = number(1..<3)
            (task.retries, task.failures) = (retries, number(0..<(retries + 1)))
        case 3: task.isAtMostOnce = true
        case 4 where !place.isParallel && chance(1, of: 2):
            let retries = number(0..<2)
            (task.retries, task.failures) = (retries == 0 ? nil : retries, retries + 1)
        default: break
        }
        task.hangs = task.failures > 0 && !place.isParallel && task.isTimed
        return task
    }

    private mutating func signal(_ place: Place) -> SignalPlan {
        var signal = SignalPlan(delivery: .early, timeout: nil, hasFallback: false, isVaried: !place.isInMap)
        switch number(0..<6) {
        case 0, 1: break
        case 2: (signal.timeout, signal.hasFallback) = (60, chance(1, of: 2))
        case 3: signal.delivery = .onDemand
        case 4:
            signal.delivery = .onDemand
            if !place.isParallel { (signal.timeout, signal.hasFallback) = (60, chance(1, of: 2)) }
        default:
            signal.delivery = .never
            (signal.timeout, signal.hasFallback) = (pick([0, 5, 60]), place.isParallel || chance(3, of: 4))
        }
        return signal
    }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ count: Int, of total: Int) -> Bool { number(0..<total) < count }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0..<values.count)] }
}
