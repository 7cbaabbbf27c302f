/// Keeps the last few of many entries.
struct LastEntries {
    private let count: Int
    private var ring: [LogEntry] = []
    private var next = 0

    init(count: Int) { self.count = max(0, count) }

    mutating func add(_ entry: LogEntry) {
        guard count > 0 else { return }
        if ring.count < count {
            ring.append(entry)
        } else {
            ring[next] = entry
            next = (next + 1) % count
        }
    }

    /// Those that were kept, oldest first.
    var entries: [LogEntry] { Array(ring[next...] + ring[..<next]) }
}
