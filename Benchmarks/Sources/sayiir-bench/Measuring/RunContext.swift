/// What a part needs to know, and where it puts its results.
struct RunContext: Sendable {
    /// A directory that is removed after the run.
    let scratch: String
    /// How much is measured.
    let mode: Mode
    /// How long a round of a measurement is.
    let round: Duration
    /// How many rounds a ratio is the median of.
    let rounds: Int
    /// Takes the results.
    let recorder: Recorder

    /// How much a run measures.
    enum Mode: String, Sendable {
        /// Two minutes: does it still hold.
        case quick
        /// Half an hour: everything, with more combinations and larger logs.
        case full
    }

    /// One of two values, by the mode.
    func byMode<Value>(quick: Value, full: Value) -> Value { mode == .quick ? quick : full }

    /// Takes a result.
    func report(_ row: Row) async { await recorder.add(row) }

    /// Notes that something was left out, and why.
    func leaveOut(_ part: String, _ reason: String) async { await recorder.leaveOut(part, reason) }
}

/// Collects the results of a run, and shows each on the terminal as it comes.
actor Recorder {
    /// The results so far.
    private(set) var rows: [Row] = []
    /// What was left out.
    private(set) var leftOut: [LeftOut] = []
    private var table = TextTable()

    /// Takes a result.
    func add(_ row: Row) {
        rows.append(row)
        show(table.lines(for: row))
    }

    /// Notes that something was left out, and why.
    func leaveOut(_ part: String, _ reason: String) {
        leftOut.append(LeftOut(part: part, reason: reason))
        show(["", "\(part): left out: \(reason)"])
    }

    /// Shows lines at once, also where the output is a file.
    func show(_ lines: [String]) {
        for line in lines { print(line) }
        flushOutput()
    }
}
