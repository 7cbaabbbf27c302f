/// An error of a test.
package struct TestError: Error, CustomStringConvertible {
    /// What went wrong.
    package var description: String

    /// An error that says `description`.
    package init(_ description: String) { self.description = description }
}
