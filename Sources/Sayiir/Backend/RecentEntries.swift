import SayiirEvents

/// The entries of a ledger that nobody has to do with and that were used last, in turn: what was used just now is likely to be used
/// again, and what is packed has to be unpacked for that.
struct RecentEntries: Sendable {
    /// How many. Each takes some thousand bytes.
    private static let limit = 1024

    private var instances: [InstanceID] = []
    /// The place of the one that was added first, once there are as many as there may be.
    private var oldest = 0

    /// Adds an instance; returns the one whose place it takes.
    mutating func add(_ instance: InstanceID) -> InstanceID? {
        guard instances.count == Self.limit else {
            instances.append(instance)
            return nil
        }
        let displaced = instances[oldest]
        instances[oldest] = instance
        oldest = (oldest + 1) % Self.limit
        return displaced
    }
}
