/// Makes the next segment ahead of its use, on a thread of its own.
final class SegmentPreparer: Sendable {
    private enum State {
        case none, running
        case done(PreparedSegment)
    }

    private let state = Monitor(State.none)
    private let queue = BlockingQueue()

    /// Starts to make a segment, unless one is made or being made.
    func begin(size: Int, in directory: String, fileSystem: any FileSystem) {
        let starts = state.withLock { state in
            guard case .none = state else { return false }
            state = .running
            return true
        }
        guard starts else { return }
        queue.submit { [state] in
            // A failure here is not yet anybody's: the roll-over tries again and reports it.
            let segment = try? PreparedSegment.prepare(size: size, in: directory, fileSystem: fileSystem)
            state.update { $0 = segment.map { .done($0) } ?? .none }
        }
    }

    /// The segment, if one was made. Waits for one that is being made: two must not write the same file.
    func take() -> PreparedSegment? {
        state.wait { state -> PreparedSegment?? in
            switch state {
            case .running: return nil
            case .none: return .some(nil)
            case .done(let segment):
                state = .none
                return .some(segment)
            }
        }
    }
}
