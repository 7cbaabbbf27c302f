/// Where a command says what it found, and how.
package final class Console {
    let output: Output
    let style: Style
    /// Draws how far a reading is; `nil` if nobody could see it.
    let meter: ProgressMeter?
    /// Whether the output is a terminal, on which a picture can be drawn again.
    let isTerminal: Bool
    private let complain: (String) -> Void

    /// - Parameters:
    ///   - output: Takes what was asked for.
    ///   - style: How it is shown.
    ///   - meter: Draws how far a reading is, on the terminal that shows what went wrong and perhaps the output.
    ///   - isTerminal: Whether the output is a terminal.
    ///   - complain: Takes what went wrong, a sentence or some each time.
    package init(
        output: Output, style: Style, meter: ProgressMeter? = nil, isTerminal: Bool = false,
        complain: @escaping (String) -> Void
    ) {
        self.output = output
        self.style = style
        self.meter = meter
        self.isTerminal = isTerminal
        self.complain = complain
    }

    /// Says that something is wrong, after all that was shown so far.
    func complain(_ text: String) throws {
        try output.flush()
        meter?.clear()
        complain(withoutControls(text))
    }

    /// Ends with an error's text, even if the output is gone.
    func fail(_ text: String) {
        try? output.flush()
        meter?.clear()
        complain(withoutControls(text))
    }
}
