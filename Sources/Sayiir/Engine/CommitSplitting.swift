internal import SayiirEvents

// What one decision adds may be larger than one commit can be: a map that begins 100,000 elements, a hundred waits that end at
// one look. So it is stored in parts, each a commit of its own.
//
// A crash between two parts leaves a beginning of what was decided. The `Decider` goes on from any such beginning, for it finds
// from the state alone what comes next. There are two exceptions, which ``EventBatch/mayBeCut(after:)`` keeps together.

/// The events of one decision, about to be stored.
enum EventBatch {
    /// As many bytes as four events can have that follow from a small output: ids and names have 16 KiB at most, and a fork may have a
    /// hundred branches.
    static let fewEventsLimit = 8 * 1024 * 1024

    /// The number of events that the first commit takes: all, unless they have more bytes than `limit`.
    ///
    /// A commit has one event at least, and what must not be cut from it, however large that is.
    ///
    /// - Complexity: O(*n*) in the number of events that it takes.
    static func count(ofFirstCommitIn events: ArraySlice<Event>, limit: Int) -> Int {
        var byteCount = 0
        var end = events.startIndex
        while end < events.endIndex {
            byteCount += events[end].body.approximateByteCount
            if byteCount > limit, end > events.startIndex, mayBeCut(after: events[end - 1].body) { break }
            end += 1
        }
        return end - events.startIndex
    }

    /// Whether a history may end with the event, if only for the moment until the next commit.
    private static func mayBeCut(after body: Event.Body) -> Bool {
        switch body {
        // Whether another attempt may follow is not in the event, but in the one that follows it.
        case .taskFailed, .taskTimedOut: false
        // The instance would be gone if its next run were not there.
        case .superseded: false
        default: true
        }
    }
}

extension Event.Body {
    /// About how many bytes the event takes in a commit. Never much less than it does.
    ///
    /// - Complexity: O(1), but for events that hold lists.
    var approximateByteCount: Int {
        switch self {
        case .submitted(let body):
            overhead + body.workflow.utf8.count + body.input.bytes.count + (body.metadata?.bytes.count ?? 0)
        case .taskCheckpointed(let body): overhead(body.step) + body.output.bytes.count
        case .taskStarted(let body): overhead(body.step) + body.executor.utf8.count
        case .taskFailed(let body):
            overhead(body.step) + body.failure.byteCount + (body.fullMessage?.utf8.count ?? 0)
        case .failed(let body): (body.step.map { overhead($0) } ?? overhead) + body.failure.byteCount
        case .signalTimedOut(let body): overhead(body.step) + (body.fallback?.bytes.count ?? 0)
        case .forked(let body): overhead(body.step) + body.branches.reduce(0) { $0 + $1.utf8.count + 4 }
        default: step.map { overhead($0) } ?? overhead
        }
    }

    /// What an event takes beside its texts and payloads.
    private var overhead: Int { 64 }

    private func overhead(_ step: Step) -> Int { overhead + step.node.rawValue.utf8.count + 5 * step.indices.count }
}

extension Failure {
    fileprivate var byteCount: Int { type.utf8.count + message.utf8.count }
}
