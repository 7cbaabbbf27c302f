internal import SayiirEvents

extension FlowBuilder {
    /// The flow followed by a task that is repeated until it says that it is done.
    ///
    /// ```swift
    /// flow.loop(refine, maxIterations: 5)     // refine: DurableTask<Draft, LoopResult<Draft>>
    /// ```
    ///
    /// Each iteration is stored: after a crash the loop goes on with the iteration that was under way.
    ///
    /// - Parameters:
    ///   - body: The task.
    ///   - id: The loop's name; `loop_0`, `loop_1`, … by default.
    ///   - maxIterations: The number of times that the body may run, at least 1. `Int.max` for no limit.
    ///   - onMax: What happens if it wants to run once more.
    public func loop(
        _ body: DurableTask<Output, LoopResult<Output>>, as id: String? = nil, maxIterations: Int = 10,
        onMax: OnMax = .fail
    ) -> FlowBuilder { loop(as: id, maxIterations: maxIterations, onMax: onMax) { $0.then(body) } }

    /// The flow followed by a body of any nodes that is repeated until it says that it is done.
    ///
    /// - Parameters:
    ///   - id: The loop's name; `loop_0`, `loop_1`, … by default.
    ///   - maxIterations: The number of times that the body may run, at least 1. `Int.max` for no limit.
    ///   - onMax: What happens if it wants to run once more.
    ///   - body: Adds the body's nodes to an empty flow.
    public func loop(
        as id: String? = nil, maxIterations: Int = 10, onMax: OnMax = .fail,
        body: (Flow<Output>) -> FlowBuilder<Output, LoopResult<Output>>
    ) -> FlowBuilder {
        let node = LoopNode(body: 0, maxIterations: maxIterations, onMax: onMax) { (value, codecs) throws(ValueError) in
            let result = try value.get(as: LoopResult<Output>.self, with: codecs)
            return (result.isAgain ? .again : .done, result.value)
        }
        return adding(.loop(body: body(.empty).draft, node), id: id)
    }
}
