/// Where a command says what it found, and how.
package final class Console {
    let output: Output
    let style: Style
    private let complain: (String) -> Void

    /// - Parameters:
    ///   - output: Takes what was asked for.
    ///   - style: How it is shown.
    ///   - complain: Takes what went wrong, a sentence or some each time.
    package init(output: Output, style: Style, complain: @escaping (String) -> Void) {
        self.output = output
        self.style = style
        self.complain = complain
    }

    /// Says that something is wrong, after all that was shown so far.
    func complain(_ text: String) throws {
        try output.flush()
        complain(text)
    }

    /// Ends with an error's text, even if the output is gone.
    func fail(_ text: String) {
        try? output.flush()
        complain(text)
    }
}
