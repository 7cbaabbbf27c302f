import Foundation
import Synchronization

/// Many lanes in each of which one flow runs after the other, looked at while all of them are at work.
///
/// Flows are long and many: from their first start to their last end there would be a beginning and an end in which few run. So
/// steps are counted between two moments in between, and a step's time is that from its start to the next one's, not a
/// flow's time divided by its steps.
final class Lanes: Sendable {
    private let lanes: [Lane]
    private let isObserved = Atomic<Bool>(false)
    private let isOver = Atomic<Bool>(false)
    private let clock = ContinuousClock()

    /// Makes so many lanes.
    init(count: Int) { lanes = (0..<count).map { _ in Lane() } }

    /// How many there are.
    var count: Int { lanes.count }

    /// Notes that a step of the flow in this lane begins. Called by the flow's own steps.
    func stepBegins(in lane: Int) { lanes[lane].step(at: clock.now, isObserved: isObserved.load(ordering: .relaxed)) }

    /// Runs flows in all lanes, and looks at them for a time.
    ///
    /// - Parameters:
    ///   - duration: How long steps are counted.
    ///   - warmUp: How long flows run before that.
    ///   - flow: Runs a flow to its end, in the lane of the given number.
    /// - Returns: The steps, with the times from one to the next; and the times of whole flows that ended meanwhile.
    func observe(
        for duration: Duration, warmUp: Duration, _ flow: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> (steps: Measurement, flows: Measurement) {
        isOver.store(false, ordering: .relaxed)
        // On a thread of its own: flows that never wait for anything leave no thread of Swift's pool to a task that would look on.
        async let window = watch(for: duration, after: warmUp)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in lanes.indices {
                group.addTask { try await self.run(flow, in: number) }
            }
            try await group.waitForAll()
        }
        // Only now no lane adds to its times any more.
        var steps = await window
        steps.latencies = lanes.flatMap { $0.takeStepTimes() }
        let flowTimes = lanes.flatMap { $0.takeFlowTimes() }
        let flows = Measurement(
            latencies: flowTimes, count: flowTimes.count, elapsed: steps.elapsed, processorTime: steps.processorTime)
        return (steps, flows)
    }

    /// Counts steps between two moments, and then lets the lanes end.
    private func watch(for duration: Duration, after warmUp: Duration) async -> Measurement {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                Thread.sleep(forTimeInterval: warmUp / .seconds(1))
                let (start, processorStart, first) = (clock.now, Machine.processorTime, stepCount)
                isObserved.store(true, ordering: .relaxed)
                Thread.sleep(forTimeInterval: duration / .seconds(1))
                let steps = Measurement(
                    count: stepCount - first, elapsed: clock.now - start,
                    processorTime: Machine.processorTime - processorStart)
                isObserved.store(false, ordering: .relaxed)
                isOver.store(true, ordering: .relaxed)
                continuation.resume(returning: steps)
            }
        }
    }

    private var stepCount: Int { lanes.reduce(0) { $0 + $1.stepCount.load(ordering: .relaxed) } }

    private func run(_ flow: @Sendable (Int) async throws -> Void, in number: Int) async throws {
        let lane = lanes[number]
        while !isOver.load(ordering: .relaxed) {
            let start = clock.now
            lane.flowBegins()
            try await flow(number)
            if isObserved.load(ordering: .relaxed) { lane.flowEnds(after: clock.now - start) }
            // The next flow is another's turn, where flows never wait for anything.
            await Task.yield()
        }
    }
}

// A lane runs one flow at a time and that one step at a time, each after the one before: never two calls at the same time. The
// counter, which is read meanwhile, is atomic; the times are taken when the lane's task has ended.
private final class Lane: @unchecked Sendable {
    let stepCount = Atomic<Int>(0)
    private var lastStep: ContinuousClock.Instant?
    private var stepTimes: [Int64] = []
    private var flowTimes: [Int64] = []

    func flowBegins() { lastStep = nil }

    func flowEnds(after time: Duration) { flowTimes.append(time.nanoseconds) }

    func step(at now: ContinuousClock.Instant, isObserved: Bool) {
        stepCount.wrappingAdd(1, ordering: .relaxed)
        if isObserved, let lastStep { stepTimes.append((now - lastStep).nanoseconds) }
        lastStep = now
    }

    func takeStepTimes() -> [Int64] {
        defer { stepTimes = [] }
        return stepTimes
    }

    func takeFlowTimes() -> [Int64] {
        defer { flowTimes = [] }
        return flowTimes
    }
}
