internal import HeapModule
internal import SayiirEvents

/// Lets one task sleep until somebody rings, a moment has come, or it has slept for long enough. A ring is kept until it is heard.
actor Doorbell {
    private let clock: any EngineClock
    private var isRung = false
    private var moments = Heap<Moment>()
    private var sleeper: CheckedContinuation<Void, Never>?

    /// The most moments that are kept.
    private static let momentLimit = 65_536

    private struct Moment: Comparable {
        var time: Timestamp
        static func < (left: Self, right: Self) -> Bool { left.time < right.time }
    }

    init(clock: any EngineClock) { self.clock = clock }

    /// Wakes the sleeper now.
    func ring() {
        isRung = true
        sleeper?.resume()
        sleeper = nil
    }

    /// Wakes the sleeper at the given moment.
    func ring(at time: Timestamp) {
        let isFirst = moments.min.map { time < $0.time } ?? true
        moments.insert(Moment(time: time))
        // The sleeper looks at its own interval anyway. So a moment that is forgotten is met a little late.
        if moments.count > Self.momentLimit { moments.removeMax() }
        // Who sleeps already does so for too long.
        if isFirst, sleeper != nil { ring() }
    }

    /// Sleeps, for one caller, until somebody rings or `limit` has passed. Returns at once if somebody has rung since the last call.
    func sleep(atMost limit: Duration) async {
        let now = clock.now
        while let next = moments.min, next.time <= now {
            moments.removeMin()
            isRung = true
        }
        if !isRung {
            let longest = limit.boundedWait
            // By its length, so that a clock which is set back does not prolong it.
            let limit = Task {
                if (try? await clock.sleep(for: longest)) != nil { self.ring() }
            }
            // By the time of day: the clock may move before the task begins.
            let alarm = moments.min.flatMap { next in
                next.time - now >= longest
                    ? nil
                    : Task {
                        if (try? await clock.sleep(until: next.time)) != nil { self.ring() }
                    }
            }
            await withCheckedContinuation { sleeper = $0 }
            limit.cancel()
            alarm?.cancel()
        }
        isRung = false
    }
}
