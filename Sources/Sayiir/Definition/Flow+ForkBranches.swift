// One method for each number of branches. The compiler names the branch that is wrong, and both types, only if each has
// a parameter of its own: for a parameter pack, Swift 6.3 points at the first branch and prints the expected type
// twice.

extension FlowBuilder {
    /// Adds a fork of one branch.
    public func fork<A>(_ a: Branch<Output, A>) -> Fork<Input, A> { forked(a) }

    /// Adds two branches that run at the same time, each with the same input. ``Fork/join(_:options:_:)`` continues the
    /// flow when both have ended.
    ///
    /// ```swift
    /// flow.fork(Branch(validatePayment), Branch("stock") { $0.then(checkStock).then(reserve) })
    ///     .join("finalize") { (payment: Payment, stock: Stock) in Order(payment, stock) }
    /// ```
    ///
    /// If a branch fails for good, the workflow fails, and the other branches are cancelled. There may be any number of
    /// branches.
    public func fork<A, B>(_ a: Branch<Output, A>, _ b: Branch<Output, B>) -> Fork<Input, A, B> { forked(a, b) }

    /// Adds three branches that run at the same time, each with the same input.
    public func fork<A, B, C>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>
    ) -> Fork<Input, A, B, C> { forked(a, b, c) }

    /// Adds four branches that run at the same time, each with the same input.
    public func fork<A, B, C, D>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>, _ d: Branch<Output, D>
    ) -> Fork<Input, A, B, C, D> { forked(a, b, c, d) }

    /// Adds five branches that run at the same time, each with the same input.
    public func fork<A, B, C, D, E>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>, _ d: Branch<Output, D>,
        _ e: Branch<Output, E>
    ) -> Fork<Input, A, B, C, D, E> { forked(a, b, c, d, e) }

    /// Adds six branches that run at the same time, each with the same input.
    public func fork<A, B, C, D, E, F>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>, _ d: Branch<Output, D>,
        _ e: Branch<Output, E>, _ f: Branch<Output, F>
    ) -> Fork<Input, A, B, C, D, E, F> { forked(a, b, c, d, e, f) }

    /// Adds seven branches that run at the same time, each with the same input.
    public func fork<A, B, C, D, E, F, G>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>, _ d: Branch<Output, D>,
        _ e: Branch<Output, E>, _ f: Branch<Output, F>, _ g: Branch<Output, G>
    ) -> Fork<Input, A, B, C, D, E, F, G> { forked(a, b, c, d, e, f, g) }

    /// Adds eight branches that run at the same time, each with the same input.
    public func fork<A, B, C, D, E, F, G, H>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>, _ d: Branch<Output, D>,
        _ e: Branch<Output, E>, _ f: Branch<Output, F>, _ g: Branch<Output, G>, _ h: Branch<Output, H>
    ) -> Fork<Input, A, B, C, D, E, F, G, H> { forked(a, b, c, d, e, f, g, h) }

    /// Adds nine branches or more that run at the same time, each with the same input.
    public func fork<A, B, C, D, E, F, G, H, I, each Result>(
        _ a: Branch<Output, A>, _ b: Branch<Output, B>, _ c: Branch<Output, C>, _ d: Branch<Output, D>,
        _ e: Branch<Output, E>, _ f: Branch<Output, F>, _ g: Branch<Output, G>, _ h: Branch<Output, H>,
        _ i: Branch<Output, I>, _ others: repeat Branch<Output, each Result>
    ) -> Fork<Input, A, B, C, D, E, F, G, H, I, repeat each Result> {
        forked(a, b, c, d, e, f, g, h, i, repeat each others)
    }
}
