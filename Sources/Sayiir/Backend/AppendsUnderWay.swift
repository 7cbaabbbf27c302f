/// Counts the appends that are under way by when they began, so that one can wait for those of the past while new ones begin.
struct AppendsUnderWay: Sendable {
    /// How many are under way of each generation that is not over; the last one is the current.
    private var counts = [0]
    private var firstGeneration = 0
    private var waiters: [(generation: Int, continuation: CheckedContinuation<Void, Never>)] = []

    private var currentGeneration: Int { firstGeneration + counts.count - 1 }

    /// Counts one more.
    ///
    /// - Returns: Its generation, for ``end(_:)``.
    mutating func begin() -> Int {
        counts[counts.count - 1] += 1
        return currentGeneration
    }

    /// Counts one less.
    ///
    /// - Returns: Who waited for the last ones of their past, to be resumed.
    mutating func end(_ generation: Int) -> [CheckedContinuation<Void, Never>] {
        counts[generation - firstGeneration] -= 1
        guard counts.count > 1 else { return [] }
        dropGenerationsThatAreOver()
        defer { waiters.removeAll { $0.generation < firstGeneration } }
        return waiters.filter { $0.generation < firstGeneration }.map(\.continuation)
    }

    /// Begins a new generation, and has `continuation` wait for all that are under way.
    ///
    /// - Returns: Whether there are none, and nobody waits.
    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        let past = currentGeneration
        counts.append(0)
        dropGenerationsThatAreOver()
        guard past >= firstGeneration else { return true }
        waiters.append((past, continuation))
        return false
    }

    private mutating func dropGenerationsThatAreOver() {
        while counts.count > 1, counts[0] == 0 {
            counts.removeFirst()
            firstGeneration += 1
        }
    }
}
