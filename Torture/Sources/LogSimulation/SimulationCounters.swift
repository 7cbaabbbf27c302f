/// What a simulation met, and how often: so that one that meets nothing is noticed.
package struct SimulationCounters: Sendable {
    private(set) var counts: [String: Int] = [:]

    package init() {}

    /// How often something happened.
    package subscript(name: String) -> Int { counts[name] ?? 0 }

    /// The states of a disk after a crash that were checked.
    package var crashes: Int { self["crashes"] }

    mutating func count(_ name: String) { counts[name, default: 0] += 1 }

    package mutating func add(_ other: SimulationCounters) {
        counts.merge(other.counts) { $0 + $1 }
    }

    /// One line for each counter, by name.
    package var table: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    }
}
