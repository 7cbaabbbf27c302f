internal import SayiirLog

/// Holds frames back until the log says that they are durable, or until one more look at the log brought no such word.
///
/// A commit can be read a moment before it is durable, and the log says so only with the next frame. Without this nearly
/// every event of a live log would be shown as one that might be taken back.
struct Arrivals {
    /// Those that are held back.
    private(set) var frames: [Frame] = []
    /// How many of the frames had been here before the current look.
    private var oldCount = 0

    /// Looks at the log once, and shows what became durable, and what has not within a whole round.
    ///
    /// - Returns: Whether nothing new was there.
    mutating func take(
        from follower: inout LogFollower, show: (_ frame: Frame, _ isDurable: Bool) throws -> Void
    ) throws -> Bool {
        var isIdle = true
        while let frame = try follower.next() {
            isIdle = false
            if frame.recordCount > 0 { frames.append(frame) }
            try release(follower, show)
        }
        try release(follower, show)
        for frame in frames.prefix(oldCount) { try show(frame, false) }
        frames.removeFirst(oldCount)
        oldCount = frames.count
        return isIdle
    }

    private mutating func release(_ follower: LogFollower, _ show: (Frame, Bool) throws -> Void) throws {
        while let first = frames.first, follower.isDurable(first) {
            frames.removeFirst()
            oldCount = max(0, oldCount - 1)
            try show(first, true)
        }
    }
}
