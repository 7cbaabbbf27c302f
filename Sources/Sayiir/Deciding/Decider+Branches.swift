internal import SayiirEvents
internal import SayiirProjection

// How forks and routes begin and end.
extension Decider {
    mutating func goOnWithFork(_ step: Step, _ branches: [Int]) {
        let names = branches.map { graph.sequences[$0].name }
        guard begins(step, .forked(.init(step: step, branches: names))) else { return }
        guard case .fork(_, let finished) = state.steps[step]?.kind else { return }
        if finished.count == branches.count { return join(step) }
        for branch in branches.reversed() where !finished.contains(graph.sequences[branch].name) {
            agenda.append(.sequence(branch, step.indices))
        }
    }

    mutating func endBranch(_ sequence: Int, of step: Step, _ branches: [Int]) {
        record(.branchFinished(.init(step: step, branch: graph.sequences[sequence].name)))
        guard case .fork(_, let finished) = state.steps[step]?.kind, finished.count == branches.count else { return }
        join(step)
    }

    private mutating func join(_ step: Step) {
        record(.joined(.init(step: step)))
        agenda.append(.end(step))
    }

    mutating func goOnWithRoute(_ step: Step, _ route: RouteNode) {
        guard let known = state.steps[step] else { return agenda.append(.sequence(route.key, step.indices)) }
        guard case .route(let key, let isDefault) = known.kind else { return }
        guard let branch = isDefault ? route.fallback : route.branches[key] else { return }
        agenda.append(.sequence(branch, step.indices))
    }

    mutating func choose(_ step: Step, _ route: RouteNode) {
        do throws(ValueError) {
            let key = try values.output(of: route.key, step.indices, state).get(as: String.self, with: values.codecs)
            guard route.branches[key] != nil || route.fallback != nil else {
                let text = "Branch node '\(step.node)': no branch matches key '\(key)'"
                return fail(step, Failure(type: "", message: text))
            }
            guard mayBegin(step) else { return }
            record(.routed(.init(step: step, key: key, isDefault: route.branches[key] == nil)))
            agenda.append(.step(step))
        } catch {
            stick(step, expecting: "String (branch key)", error)
        }
    }
}
