import Foundation
import SayiirLog

/// Follows a log on a thread of its own while others write it and are killed.
///
// @unchecked: `state` is touched between `lock` and `unlock` only.
final class FollowingReader: @unchecked Sendable {
    private struct State {
        var keys: [String] = []
        var isWanted = true
        var failure: (any Error)?
    }

    private let lock = NSLock()
    private var state = State()

    /// Starts to follow; there need not be a log yet.
    init(directory: String) {
        Thread.detachNewThread { [self] in
            while !FileManager.default.fileExists(atPath: "\(directory)/LOCK"), isWanted { usleep(500) }
            var follower = LogReader(directory: directory).follow()
            while isWanted {
                do {
                    while let frame = try follower.next() {
                        let keys = frame.records.map(\.key)
                        lock.withLock { state.keys += keys }
                    }
                } catch {
                    // A killed process takes nothing back: the system has what it wrote.
                    return lock.withLock { state.failure = error }
                }
                usleep(1000)
            }
        }
    }

    private var isWanted: Bool { lock.withLock { state.isWanted } }

    /// Waits until there are so many records, for ten seconds at most, ends the following, and returns their keys.
    func finish(after count: UInt64) async throws -> [String] {
        for _ in 0..<1000 where lock.withLock({ state.keys.count < count && state.failure == nil }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        return try lock.withLock {
            state.isWanted = false
            if let failure = state.failure { throw failure }
            return state.keys
        }
    }
}
