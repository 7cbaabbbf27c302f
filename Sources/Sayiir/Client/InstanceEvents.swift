public import SayiirEvents
internal import SayiirProjection

/// What happens to one instance, in order: what has happened already, and then each event once it is durable.
///
/// ```swift
/// for try await recorded in client.events(of: "order-7") { print(recorded.event.body.kindName) }
/// ```
///
/// Ends with the event that ends the run, or when the calling task is cancelled. Costs one read of the history at the start, and
/// one of what is new for each commit.
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
        private var revision: UInt64 = 0
        private var hasEnded = false

        fileprivate init(instance: InstanceID, sequence: UInt64, backend: any Backend) {
            self.instance = instance
            self.sequence = sequence
            self.backend = backend
        }

        /// The next event, waiting for it if need be; `nil` after the end of the run.
        ///
        /// - Throws: ``WorkflowError/backend(_:)``.
        public mutating func next() async throws(WorkflowError) -> RecordedEvent? {
            while true {
                if let event = waiting.popFirst() {
                    revision = event.event.revision
                    hasEnded = event.event.body.isLastOfRun
                    return event
                }
                if hasEnded || Task.isCancelled { return nil }
                try await read()
                if waiting.isEmpty {
                    await backend.waitForChange(of: instance, after: revision)
                }
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
