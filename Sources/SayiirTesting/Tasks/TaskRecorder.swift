internal import SayiirLog
public import Sayiir
public import SayiirEvents

/// Makes tasks that take the place of real ones in tests: they note each of their calls, and fail or hang when they are told to.
///
/// ```swift
/// let recorder = TaskRecorder()
/// let workflow = try Flow("shop", input: Int.self)
///     .then(recorder.task("reserve") { (quantity: Int) in "reservation of \(quantity)" })
///     .then(recorder.task("charge", options: TaskOptions(retries: 2), returning: "receipt"))
///     .build()
/// recorder.fail("charge", times: 1)
/// let engine = Engine(backend: InMemoryBackend(), options: .testing)
/// let status = try await engine.run(workflow, id: "order-1", input: 3)
/// #expect(status.output == "receipt")
/// #expect(recorder.calls.map(\.task) == ["reserve", "charge", "charge"])
/// #expect(recorder.calls(of: "charge").map(\.attempt) == [1, 2])
/// ```
///
/// A crash can be had in the middle of a task, without a wait of any length:
///
/// ```swift
/// recorder.hang("charge")
/// let running = Task { try await engine.run(workflow, id: "order-2", input: 3) }
/// await recorder.waitForCalls(of: "charge")
/// running.cancel()
/// recorder.release("charge")
/// let status = try await engine.resume(workflow, id: "order-2")
/// ```
///
/// All calls are of one recorder, so the order among tasks is seen. Safe to use from any task.
public final class TaskRecorder: Sendable {
    /// One call of a task's function.
    public struct Call: Hashable, Sendable {
        /// The name under which the recorder made the task.
        public var task: String
        /// The instance; `nil` if the function was not called by an engine.
        public var instance: InstanceID?
        /// The activation of the task's node; `nil` if the function was not called by an engine.
        public var step: Step?
        /// The attempt's number, from 1; 0 if the function was not called by an engine.
        public var attempt: UInt32
    }

    private struct Held {
        var task: String
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Observer {
        var task: String
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var calls: [Call] = []
        var failures: [ExactText: [any Error]] = [:]
        var hanging: Set<ExactText> = []
        var held: [Int: Held] = [:]
        /// Calls that were cancelled before they were held.
        var cancelled: Set<Int> = []
        var observers: [Int: Observer] = [:]
        var lastNumber = 0

        mutating func newNumber() -> Int {
            lastNumber += 1
            return lastNumber
        }

        func count(_ task: String) -> Int { calls.count { $0.task.isExactly(task) } }
    }

    private let state = Monitor(State())

    /// A recorder without calls.
    public init() {}

    // MARK: Tasks

    /// A task that calls `body`, unless it was told to do something else.
    ///
    /// - Parameters:
    ///   - id: The task's name in its flow, and the one by which the recorder knows it.
    ///   - options: What governs the task.
    ///   - body: What it does once its call is noted.
    public func task<Input, Output>(
        _ id: String, options: TaskOptions = TaskOptions(), _ body: @escaping @Sendable (Input) async throws -> Output
    ) -> DurableTask<Input, Output> {
        DurableTask(id, options: options) { (input: Input) in
            self.note(id)
            try await self.hold(id)
            if let error = self.state.withLock({ $0.failures[ExactText(id)]?.popLast() }) { throw error }
            return try await body(input)
        }
    }

    /// A task that returns a value, unless it was told to do something else.
    ///
    /// - Parameters:
    ///   - id: The task's name in its flow, and the one by which the recorder knows it.
    ///   - options: What governs the task.
    ///   - output: What it returns, whatever it gets.
    public func task<Input, Output>(
        _ id: String, options: TaskOptions = TaskOptions(), returning output: Output
    ) -> DurableTask<Input, Output> {
        task(id, options: options) { (_: Input) in output }
    }

    // MARK: What they are told

    /// Lets the next calls of a task throw. Calls that hang throw once they are released.
    ///
    /// - Parameters:
    ///   - task: The task's name.
    ///   - times: How many calls; those of earlier requests that are still to come are added.
    ///   - error: What they throw.
    public func fail(_ task: String, times: Int = 1, with error: any Error = RequestedFailure()) {
        guard times > 0 else { return }
        state.withLock {
            $0.failures[ExactText(task), default: []].insert(contentsOf: repeatElement(error, count: times), at: 0)
        }
    }

    /// Lets the calls of a task wait, from now on until it is released. A call whose Swift task is cancelled ends with a
    /// `CancellationError`, as well-behaved code does.
    public func hang(_ task: String) { state.withLock { _ = $0.hanging.insert(ExactText(task)) } }

    /// Lets the calls that wait go on, and later ones not wait.
    public func release(_ task: String) {
        let released = state.withLock { state in
            state.hanging.remove(ExactText(task))
            let released = state.held.filter { $0.value.task.isExactly(task) }
            for number in released.keys { state.held[number] = nil }
            return released.values.map(\.continuation)
        }
        for continuation in released { continuation.resume() }
    }

    // MARK: What they did

    /// All calls so far, in the order in which they were made.
    public var calls: [Call] { state.withLock { $0.calls } }

    /// The calls of one task so far, in the order in which they were made.
    public func calls(of task: String) -> [Call] { calls.filter { $0.task.isExactly(task) } }

    /// Returns once a task was called so many times: at once if it was already, or if the calling task is cancelled.
    public func waitForCalls(of task: String, count: Int = 1) async {
        let number = state.withLock { $0.newNumber() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cancelled.remove(number) != nil || state.count(task) >= count { return true }
                    state.observers[number] = Observer(task: task, count: count, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let observer = state.withLock { state in
                let observer = state.observers.removeValue(forKey: number)
                if observer == nil { state.cancelled.insert(number) }
                return observer
            }
            observer?.continuation.resume()
        }
    }

    private func note(_ task: String) {
        let context = TaskContext.current
        let call = Call(
            task: task, instance: context?.instance, step: context?.step, attempt: context?.attempt ?? 0)
        let satisfied = state.withLock { state in
            state.calls.append(call)
            // Most calls have no observer, and need no count of the calls before them.
            guard !state.observers.isEmpty else { return [Observer]() }
            let count = state.count(task)
            let satisfied = state.observers.filter { $0.value.task.isExactly(task) && $0.value.count <= count }
            for number in satisfied.keys { state.observers[number] = nil }
            return Array(satisfied.values)
        }
        for observer in satisfied { observer.continuation.resume() }
    }

    private func hold(_ task: String) async throws {
        guard let number = state.withLock({ $0.hanging.contains(ExactText(task)) ? $0.newNumber() : nil }) else {
            return
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let end = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.remove(number) != nil { return .failure(CancellationError()) }
                    // Released meanwhile.
                    guard state.hanging.contains(ExactText(task)) else { return .success(()) }
                    state.held[number] = Held(task: task, continuation: continuation)
                    return nil
                }
                if let end { continuation.resume(with: end) }
            }
        } onCancel: {
            let held = state.withLock { state in
                let held = state.held.removeValue(forKey: number)
                if held == nil { state.cancelled.insert(number) }
                return held
            }
            held?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// What a task throws that a ``TaskRecorder`` was told to let fail.
public struct RequestedFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error in words.
    public let description: String

    /// An error that says `description`.
    public init(_ description: String = "the test asked for a failure") { self.description = description }
}
