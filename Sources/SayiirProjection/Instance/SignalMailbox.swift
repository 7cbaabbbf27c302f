public import SayiirEvents

/// The signals that arrived and that no node has consumed, first in, first out for each name. Names are compared byte for byte.
///
/// Adding, looking and taking cost constant time each, over many operations.
public struct SignalMailbox: Hashable, Sendable {
    /// A signal that waits to be consumed.
    public struct Entry: Hashable, Sendable {
        /// The revision of its `SignalReceived` event.
        public var revision: UInt64
        /// The signal's name.
        public var signal: String
        /// The value that came with it.
        public var payload: Payload
        /// When it was recorded.
        public var receivedAt: Timestamp
        /// The trace that its delivery belongs to.
        public var traceContext: TraceContext?
        /// Why the waiting step could not decode the payload; `nil` unless it was rejected. A rejected signal is not consumed
        /// unless a program that can decode it takes the instance up.
        public var rejection: UndecodableValue?
    }

    private struct Queue: Hashable, Sendable {
        var entries: [Entry] = []
        var head = 0
        /// The signals that were rejected, apart from the others so that finding the first one takes constant time.
        var rejected: [Entry] = []

        /// Whether nothing waits.
        var isEmpty: Bool { head == entries.count && rejected.isEmpty }

        /// Which consumed entries are still stored says nothing of the mailbox.
        static func == (left: Self, right: Self) -> Bool {
            left.entries[left.head...] == right.entries[right.head...] && left.rejected == right.rejected
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(entries[head...])
            hasher.combine(rejected)
        }

        /// Drops consumed entries once they are half of the storage, so that their cost is spread.
        mutating func compact() {
            guard head * 2 >= entries.count else { return }
            entries.removeFirst(head)
            head = 0
        }
    }

    private var queues: [ExactText: Queue] = [:]
    var deduplicationIDs: Set<ExactText> = []

    init() {}

    /// How many signals wait.
    public var count: Int { queues.values.reduce(0) { $0 + $1.entries.count - $1.head + $1.rejected.count } }

    /// Whether no signal waits.
    public var isEmpty: Bool { queues.isEmpty }

    /// The signal of that name which arrived first, of those that were not rejected.
    public func first(named signal: String) -> Entry? {
        queues[ExactText(signal)].flatMap { $0.head < $0.entries.count ? $0.entries[$0.head] : nil }
    }

    /// Returns whether signals of that name were rejected and still wait.
    public func hasRejected(named signal: String) -> Bool {
        queues[ExactText(signal)]?.rejected.isEmpty == false
    }

    /// A Boolean value that indicates whether signals of any name were rejected and still wait.
    package var hasRejected: Bool { queues.values.contains { !$0.rejected.isEmpty } }

    /// The signals of that name that were rejected and still wait, in the order of their arrival.
    package func rejected(named signal: String) -> [Entry] {
        queues[ExactText(signal)]?.rejected.sorted { $0.revision < $1.revision } ?? []
    }

    /// The signals of that name that wait, in the order of their arrival, rejected ones included.
    ///
    /// - Complexity: O(*n* log *n*) in the number of these signals.
    public func entries(named signal: String) -> [Entry] {
        guard let queue = queues[ExactText(signal)] else { return [] }
        return (queue.entries[queue.head...] + queue.rejected).sorted { $0.revision < $1.revision }
    }

    /// The number of signals of that name that wait and were not rejected.
    public func count(named signal: String) -> Int {
        queues[ExactText(signal)].map { $0.entries.count - $0.head } ?? 0
    }

    /// All signals that wait, in the order of their arrival. Costs a sort.
    public var entries: [Entry] {
        queues.values.flatMap { $0.entries[$0.head...] + $0.rejected }.sorted { $0.revision < $1.revision }
    }

    /// Whether a signal with this sender's id arrived before, consumed or not.
    public func hasSeen(deduplicationID: String) -> Bool { deduplicationIDs.contains(ExactText(deduplicationID)) }

    mutating func append(_ entry: Entry, deduplicationID: String?) {
        if let deduplicationID { deduplicationIDs.insert(ExactText(deduplicationID)) }
        if entry.rejection == nil {
            queues[ExactText(entry.signal), default: Queue()].entries.append(entry)
        } else {
            queues[ExactText(entry.signal), default: Queue()].rejected.append(entry)
        }
    }

    /// Notes that a waiting step could not decode a signal; false if the signal is not there.
    mutating func reject(_ signal: String, revision: UInt64, because value: UndecodableValue) -> Bool {
        guard var entry = take(signal, revision: revision) else { return false }
        entry.rejection = value
        append(entry, deduplicationID: nil)
        return true
    }

    /// Takes out the signal that was received with `revision`; `nil` if it is not there.
    mutating func take(_ signal: String, revision: UInt64) -> Entry? {
        let signal = ExactText(signal)
        guard var queue = queues.removeValue(forKey: signal) else { return nil }
        defer { if !queue.isEmpty { queues[signal] = queue } }
        if let place = queue.rejected.firstIndex(where: { $0.revision == revision }) {
            return queue.rejected.remove(at: place)
        }
        guard let place = queue.entries[queue.head...].firstIndex(where: { $0.revision == revision }) else {
            return nil
        }
        let entry = queue.entries[place]
        if place == queue.head {
            queue.head += 1
            queue.compact()
        } else {
            queue.entries.remove(at: place)
        }
        return entry
    }
}
