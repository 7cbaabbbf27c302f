/// What was measured did not do what it should.
struct BenchError: Error, CustomStringConvertible {
    /// What was expected, and what was found.
    var description: String

    init(_ description: String) { self.description = description }
}
