internal import SayiirEvents
internal import SayiirProjection

// How the bodies of loops and maps are repeated.
extension Decider {
    mutating func goOnWithLoop(_ step: Step, _ loop: LoopNode) {
        guard case .loop(let iterations, let decision?, _) = state.steps[step]?.kind, iterations > 0 else {
            return agenda.append(.sequence(loop.body, step.indices + [0]))
        }
        follow(decision, after: iterations - 1, step, loop)
    }

    mutating func endIteration(_ node: Graph.Node, _ loop: LoopNode, _ indices: [UInt32]) {
        guard let iteration = indices.last else { return }
        let step = Step(node.id, indices: Array(indices.dropLast()))
        let decision: Event.LoopDecision
        do throws(ValueError) {
            decision = try values.result(ofIteration: iteration, of: loop, step.indices, state).decision
        } catch {
            return stick(step, expecting: "LoopResult", error)
        }
        record(.loopIterated(.init(step: step, iteration: iteration, decision: decision)))
        follow(decision, after: iteration, step, loop)
    }

    /// What follows from the decision of an iteration that is recorded.
    private mutating func follow(
        _ decision: Event.LoopDecision, after iteration: UInt32, _ step: Step, _ loop: LoopNode
    ) {
        let isLast = Int(iteration) + 1 >= loop.maxIterations
        if decision == .again, isLast, loop.onMax == .fail {
            let text = "Loop '\(step.node)' exceeded max iterations (\(loop.maxIterations))"
            return fail(step, Failure(type: "", message: text))
        }
        guard decision == .again, !isLast else {
            let reachedLimit = decision == .again
            record(.loopFinished(.init(step: step, iterations: iteration + 1, reachedLimit: reachedLimit)))
            return agenda.append(.end(step))
        }
        agenda.append(.sequence(loop.body, step.indices + [iteration + 1]))
    }

    mutating func goOnWithMap(_ step: Step, _ map: MapNode) {
        let count: Int
        do throws(ValueError) {
            count = try values.beginMap(map, step, in: state)
        } catch {
            return stick(step, expecting: "array", error)
        }
        guard begins(step, .mapStarted(.init(step: step, count: UInt32(clamping: count)))) else { return }
        guard case .map(let elements, let finished) = state.steps[step]?.kind else { return }
        if finished.count == elements { return endMap(step) }
        // Elements begin in order, so those that may be under way are the first that are not finished.
        let begun = min(Int(elements), map.concurrency + finished.count)
        for index in (0..<UInt32(begun)).reversed() where !finished.contains(index) {
            agenda.append(.sequence(map.body, step.indices + [index]))
        }
    }

    mutating func endElement(_ node: Graph.Node, _ map: MapNode, _ indices: [UInt32]) {
        guard let index = indices.last else { return }
        let step = Step(node.id, indices: Array(indices.dropLast()))
        record(.mapElementFinished(.init(step: step, index: index)))
        guard case .map(let elements, let finished) = state.steps[step]?.kind else { return }
        if finished.count == elements { return endMap(step) }
        let next = map.concurrency + finished.count - 1
        if next < elements { agenda.append(.sequence(map.body, step.indices + [UInt32(next)])) }
    }

    mutating func endMap(_ step: Step) {
        values.endMap(step)
        record(.mapFinished(.init(step: step)))
        agenda.append(.end(step))
    }
}
