/// The entries of a ledger that nobody has to do with and that were used last, in turn: what was used just now is likely to be used
/// again, and what is packed has to be unpacked for that.
struct RecentEntries: Sendable {
    /// How many. Each takes some thousand bytes.
    private static let limit = 1024

    private var entries: [LedgerEntry] = []
    /// The place of the one that was added first, once there are as many as there may be.
    private var oldest = 0

    /// Adds an entry, unless it is one of them; returns the one whose place it takes.
    mutating func add(_ entry: LedgerEntry) -> LedgerEntry? {
        guard !entry.isRecent else { return nil }
        entry.isRecent = true
        guard entries.count == Self.limit else {
            entries.append(entry)
            return nil
        }
        let displaced = entries[oldest]
        displaced.isRecent = false
        entries[oldest] = entry
        oldest = (oldest + 1) % Self.limit
        return displaced
    }
}
