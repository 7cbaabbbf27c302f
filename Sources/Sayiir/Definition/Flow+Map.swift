extension FlowBuilder {
    /// The flow followed by a body that is run for each element of an array, several at a time; gives the outputs in the order of
    /// the elements.
    ///
    /// ```swift
    /// flow.map(concurrency: 8) { $0.then(resize).then(upload) }     // [Image] → [URL]
    /// ```
    ///
    /// How many elements there are need not be known before. Each step of each element is stored by itself: after a crash only
    /// what was under way runs again. If an element fails for good, the workflow fails, and the others are cancelled.
    ///
    /// - Parameters:
    ///   - id: The map's name; `map_0`, `map_1`, … by default.
    ///   - concurrency: How many elements may be under way at the same time, at least 1. `Int.max` for no limit.
    ///   - body: Adds the body's nodes to an empty flow.
    public func map<Element, Body: FlowProtocol>(
        _ id: String? = nil, concurrency: Int = 16, body: (Flow<Element>) -> Body
    ) -> FlowBuilder<Input, [Body.Output]> where Output == [Element], Body.Input == Element {
        let node = MapNode(body: 0, concurrency: concurrency) { (value, codecs) throws(ValueError) in
            try value.get(as: [Element].self, with: codecs)
        } gather: { (outputs, codecs) throws(ValueError) in
            var results: [Body.Output] = []
            results.reserveCapacity(outputs.count)
            for output in outputs { results.append(try output.get(as: Body.Output.self, with: codecs)) }
            return results
        }
        return adding(.map(body: body(.empty).flow.draft, node), id: id)
    }
}
