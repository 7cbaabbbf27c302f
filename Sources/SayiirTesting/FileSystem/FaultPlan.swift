/// The faults in force and how often each has been passed. Pure.
struct FaultPlan: Sendable {
    private var faults: [(fault: Fault, calls: Int)] = []
    /// After this no call succeeds.
    private(set) var isHalted = false
    /// When the machine stops, counted over several kinds of calls.
    private var stop: (operations: Set<FileOperation>, callsLeft: Int)?

    mutating func inject(_ fault: Fault) { faults.append((fault, 0)) }

    mutating func halt(atCall number: Int, of operations: Set<FileOperation>) { stop = (operations, number) }

    mutating func removeAll() {
        faults = []
        stop = nil
        isHalted = false
    }

    /// Counts a call, and says what happens to it.
    mutating func strike(_ operation: FileOperation, _ paths: [String]) -> Fault.Effect? {
        if isHalted { return .halt }
        if let due = stop, due.operations.contains(operation) {
            stop = due.callsLeft > 1 ? (due.operations, due.callsLeft - 1) : nil
            if due.callsLeft <= 1 { return .halt }
        }
        var effect: Fault.Effect?
        for index in faults.indices {
            let fault = faults[index].fault
            guard fault.operation ?? operation == operation, paths.contains(where: fault.paths.matches) else {
                continue
            }
            faults[index].calls += 1
            if effect == nil, fault.moment.includes(faults[index].calls) { effect = fault.effect }
        }
        return effect
    }

    mutating func halt() { isHalted = true }
}
