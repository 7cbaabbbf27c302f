/// Makes the next segment ahead of its use, on a thread of its own.
final class SegmentPreparer: Sendable {
    private enum Phase {
        case none, running
        case done(PreparedSegment)
    }

    private struct State {
        var phase = Phase.none
        /// How long to wait after the next failure.
        var pause = SegmentPreparer.shortestPause
        /// When another attempt may begin; `nil` for at once.
        var nextAttempt: ContinuousClock.Instant?
    }

    private let state = Monitor(State())
    private let queue = BlockingQueue()

    /// Whoever has no room for a segment will most likely have none a moment later.
    static let shortestPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)

    /// Starts to make a segment, unless one is made or being made, or an attempt has failed a short time ago.
    func begin(size: Int, in directory: String, fileSystem: any FileSystem) {
        let starts = state.withLock { state in
            guard case .none = state.phase else { return false }
            if let next = state.nextAttempt, ContinuousClock.now < next { return false }
            state.phase = .running
            return true
        }
        guard starts else { return }
        queue.submit { [state] in
            // A failure here is not yet anybody's: the roll-over tries again and reports it.
            let segment = try? PreparedSegment.prepare(size: size, in: directory, fileSystem: fileSystem)
            state.update { state in
                if let segment {
                    state = State(phase: .done(segment))
                } else {
                    state.phase = .none
                    state.nextAttempt = .now + state.pause
                    state.pause = min(state.pause * 2, Self.longestPause)
                }
            }
        }
    }

    /// The segment, if one was made. Waits for one that is being made: two must not write the same file.
    func take() -> PreparedSegment? {
        state.wait { state -> PreparedSegment?? in
            switch state.phase {
            case .running: return nil
            case .none: return .some(nil)
            case .done(let segment):
                state.phase = .none
                return .some(segment)
            }
        }
    }
}
