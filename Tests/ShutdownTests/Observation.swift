import ShutdownWork

/// What was seen of a cell.
struct Observation: Sendable {
    /// What the program said that was stopped.
    var firstLines: [String] = []
    /// How its process ended; 0 in the process of the test.
    var firstStatus: Int32 = 0
    /// Whether it ended within its limit.
    var endedInTime = false
    /// How long it took from the request to stop.
    var timeToEnd = Duration.zero
    /// How often each task was called until then.
    var callsWhenStopped: [String: Int] = [:]
    /// What the program said that completed the instance.
    var lastLines: [String] = []
    /// How often each task was called in the end.
    var callsInTheEnd: [String: Int] = [:]

    /// What is not as it has to be.
    func problems(in cell: Cell) -> [String] {
        var problems: [String] = []
        func expect<Value: Equatable>(_ what: String, _ found: Value, _ wanted: Value) {
            if found != wanted { problems.append("\(what): \(found) instead of \(wanted)") }
        }
        if !endedInTime { problems.append("it did not end within its limit") }
        expect("how it ended", firstStatus, cell.stop == .sigkill ? -9 : 0)
        if cell.stop != .sigkill { expect("what it said", firstLines, [Self.ending(of: cell)]) }
        expect("calls when it was stopped", callsWhenStopped, cell.calls.whenStopped)
        expect("what became of the instance", lastLines, ["output 112", "failed attempts \(cell.failureCount)"])
        expect("calls in the end", callsInTheEnd, cell.calls.inTheEnd)
        return problems
    }

    /// What a program says that was asked to stop.
    private static func ending(of cell: Cell) -> String {
        switch (cell.mode, cell.situation) {
        case (.service, _): "the group returned"
        case (.hand, .watched): "the run returned awaiting_signal"
        case (.hand, _): "the run threw interrupted outer"
        }
    }
}
