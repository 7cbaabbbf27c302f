public import SayiirEvents
internal import SayiirProjection
internal import ServiceLifecycle

/// What happens to one instance, in order: what has happened already, and then each event once it is durable.
///
/// ```swift
/// for try await recorded in client.events(of: "order-7") { print(recorded.event.body.kindName) }
/// ```
///
/// The sequence ends
/// - with the event that ends the run;
/// - at once if the run has ended and nothing happened after the given event;
/// - when the calling task is cancelled;
/// - when a `ServiceGroup` that the calling task belongs to shuts down gracefully, after the events that were read already.
///
/// A run that was superseded does not end it: the events of the run in its place follow.
///
/// Reads the history once at the start, and what is new after each commit; with a known last event, the instance's state once, too. A wait
/// reads nothing.
public struct InstanceEvents: AsyncSequence, Sendable {
    /// An event with its place in the store.
    public typealias Element = RecordedEvent

    private let instance: InstanceID
    private let sequence: UInt64
    private let backend: any Backend

    init(of instance: InstanceID, after sequence: UInt64, from backend: any Backend) {
        self.instance = instance
        self.sequence = sequence
        self.backend = backend
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(instance: instance, sequence: sequence, backend: backend) }

    /// Where a reader stands.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let instance: InstanceID
        fileprivate var sequence: UInt64
        fileprivate let backend: any Backend
        private var waiting: ArraySlice<RecordedEvent> = []
        /// The revision above which something is new.
        private var revision: UInt64 = 0
        private var hasBegun = false
        private var hasEnded = false
        /// Whether the run goes on, as far as was read: it may have ended before the first event that is wanted.
        private var isKnownLive: Bool

        fileprivate init(instance: InstanceID, sequence: UInt64, backend: any Backend) {
            self.instance = instance
            self.sequence = sequence
            self.backend = backend
            isKnownLive = sequence == 0
        }

        /// The next event, waiting for it if need be; `nil` at the end, see ``InstanceEvents``.
        ///
        /// - Throws: ``WorkflowError/backend(_:)``.
        public mutating func next() async throws(WorkflowError) -> RecordedEvent? {
            while true {
                if let event = waiting.popFirst() {
                    revision = event.event.revision
                    hasEnded = event.event.body.isLastOfRun
                    return event
                }
                if hasEnded || isAskedToStop { return nil }
                if !hasBegun {
                    hasBegun = true
                    try await read()
                } else if isKnownLive {
                    await waitForChange()
                    if isAskedToStop { return nil }
                    try await read()
                    // Woken for nothing, or by an event that is not wanted.
                    isKnownLive = !waiting.isEmpty
                } else {
                    hasEnded = try await hasLeftOff()
                }
            }
        }

        private var isAskedToStop: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

        /// Reads whether the run has ended, and nothing is new. If it has not, the revision is known from then on.
        private mutating func hasLeftOff() async throws(WorkflowError) -> Bool {
            let (backend, instance) = (backend, instance)
            let state = try await WorkflowError.translating { () throws(BackendError) in
                try await backend.state(of: instance)
            }
            // What happened since the history was read.
            try await read()
            guard waiting.isEmpty else { return false }
            isKnownLive = true
            revision = state?.revision ?? 0
            return state.map { $0.phase.isEnded && $0.phase != .superseded } ?? false
        }

        /// Returns when something is new, when the calling task is cancelled, or at a graceful shutdown.
        private func waitForChange() async {
            let change = Task { [backend, instance, revision] in
                await backend.waitForChange(of: instance, after: revision)
            }
            await withTaskCancellationOrGracefulShutdownHandler {
                await change.value
            } onCancelOrGracefulShutdown: {
                change.cancel()
            }
        }

        private mutating func read() async throws(WorkflowError) {
            let (backend, instance, sequence) = (backend, instance, sequence)
            let events = try await WorkflowError.translating { () throws(BackendError) in
                try await backend.history(of: instance, after: sequence)
            }
            guard let last = events.last else { return }
            self.sequence = last.sequence
            waiting = events[...]
        }
    }
}

extension Event.Body {
    /// Whether nothing more is to come of the run, nor of one in its place.
    fileprivate var isLastOfRun: Bool {
        if case .deleted = self { true } else { endsRun }
    }
}
