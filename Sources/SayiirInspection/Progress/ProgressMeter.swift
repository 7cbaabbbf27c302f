/// Draws a bar on a terminal for what takes more than a second, and wipes it off before anything else is written there.
package final class ProgressMeter {
    private let width: Int
    private let clock: () -> Int64
    private let write: (String) -> Void
    private var start: Int64
    private var latest: UInt64 = 0
    private var nextDrawing: Int64
    private var isDrawn = false

    /// What takes no longer than this gets no bar.
    private static let patience: Int64 = 1_000_000_000
    private static let interval: Int64 = 100_000_000

    /// - Parameters:
    ///   - width: The terminal's columns.
    ///   - clock: Nanoseconds of a clock that only goes on.
    ///   - write: Puts a text on the terminal as it is.
    init(width: Int, clock: @escaping () -> Int64, write: @escaping (String) -> Void) {
        self.width = width
        self.clock = clock
        self.write = write
        start = clock()
        nextDrawing = start &+ Self.patience
    }

    /// Says how far it is. Draws at most ten times a second.
    func advance(to done: UInt64, of total: UInt64, _ work: ProgressBar.Work = .reading) {
        let now = clock()
        if done < latest {
            // Another reading, which takes a time of its own.
            start = now
            nextDrawing = now &+ Self.patience
        }
        latest = done
        guard now >= nextDrawing else { return }
        nextDrawing = now &+ Self.interval
        let bar = ProgressBar(work: work, done: done, total: total, elapsed: .nanoseconds(now &- start))
        write("\r\u{1B}[K" + bar.text(width: width))
        isDrawn = true
    }

    /// Wipes the bar off, if there is one. It comes back with the next advance that is due.
    func clear() {
        guard isDrawn else { return }
        write("\r\u{1B}[K")
        isDrawn = false
    }
}
