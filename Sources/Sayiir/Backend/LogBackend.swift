public import SayiirEvents
public import SayiirLog
public import SayiirProjection

/// A backend on an embedded log: one directory, one process, nothing to operate.
///
/// Opening reads the log once. Live instances stay in memory; of ended ones only a summary does, and their history is read
/// from the log when it is asked for.
public struct LogBackend: Backend {
    /// What opening the log found and did.
    public var recovery: RecoveryReport { log.recovery }

    /// The threads of the log.
    public var executor: (any TaskExecutor)? { log.executor }

    private let log: LogWriter
    private let ledger: InstanceLedger<LogStorage>

    /// Opens the log in `directory`, creating it if the directory is missing or empty.
    ///
    /// - Throws: ``BackendError/log(_:)`` if the directory cannot be opened as a log: another process has it, it is damaged, it
    ///   is something else; ``BackendError/unreadableEvent(instance:sequence:file:offset:reason:)`` if a record is not an event.
    public static func open(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem()
    ) async throws(BackendError) -> LogBackend {
        do {
            let (log, states) = try await LogWriter.open(
                directory: directory, options: options, fileSystem: fileSystem,
                folding: [InstanceID: InstanceState]()
            ) { states, frame in try fold(frame, into: &states, directory: directory) }
            return LogBackend(log: log, ledger: InstanceLedger(storage: LogStorage(log: log), states: states))
        } catch let error as BackendError {
            throw error
        } catch let error as LogError {
            throw .log(error)
        } catch {
            // Opening a log throws only what the fold and the log do.
            throw .malformedAppend("\(error)")
        }
    }

    /// Takes the events of one commit into account. Ended instances stay, for their summaries.
    private static func fold(
        _ frame: Frame, into states: inout [InstanceID: InstanceState], directory: String
    ) throws(BackendError) {
        try frame.forEachRecord { (record) throws(BackendError) in
            guard let event = try record.event(in: "\(directory)/\(frame.segment)", at: frame.offset) else { return }
            states[event.instance, default: InstanceState(event.instance)].apply(event)
        }
    }

    private init(log: LogWriter, ledger: InstanceLedger<LogStorage>) {
        self.log = log
        self.ledger = ledger
    }

    /// Gives `executor` the right to run an instance.
    public func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try await ledger.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    /// Gives a lease back.
    public func release(_ lease: Lease) async { await ledger.release(lease) }

    /// Appends events of one instance. Costs one share in one write and one sync.
    public func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await ledger.append(events, lease: lease)
    }

    /// The state of an instance; `nil` if it has no events.
    public func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await ledger.state(of: instance)
    }

    /// The events of an instance, oldest first. Reads the frames that hold them.
    public func history(
        of instance: InstanceID, after sequence: UInt64
    ) async throws(BackendError) -> [RecordedEvent] {
        try await ledger.history(of: instance, after: sequence)
    }

    /// Returns once an instance has a durable revision above the given one.
    public func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await ledger.waitForChange(of: instance, after: revision)
    }

    /// The instances that may have work for an executor.
    public func wakeUps() async -> AsyncStream<InstanceID> { await ledger.wakeUps() }

    /// Tells those who listen that an instance may have work for them.
    public func announce(_ instance: InstanceID) async { await ledger.announce(instance) }

    /// All instances.
    public func instances() async throws(BackendError) -> [InstanceSummary] { await ledger.instances() }

    /// Makes all of the log durable and gives up the directory. Later appends are refused.
    ///
    /// - Throws: ``BackendError/log(_:)`` if the log was closed before or had failed.
    public func close() async throws(BackendError) {
        do {
            try await log.close()
        } catch {
            throw .log(error)
        }
    }
}

/// Events as records of the log.
private struct LogStorage: EventStorage {
    static let keepsEndedStates = false

    let log: LogWriter

    func append(_ events: [Event]) async throws(BackendError) {
        do throws(LogError) {
            var batch = RecordBatch()
            for event in events {
                try batch.append(
                    kind: .event, key: event.instance.rawValue, timestamp: event.time.nanosecondsSinceEpoch
                ) { event.encode(into: &$0) }
            }
            try await log.append(batch)
        } catch {
            throw .log(error)
        }
    }

    func history(
        of instance: InstanceID, after sequence: UInt64
    ) async throws(BackendError) -> [RecordedEvent] {
        let records: [LogRecord]
        do throws(LogError) {
            records = try await log.records(withKey: instance.rawValue, after: sequence)
        } catch {
            throw .log(error)
        }
        var events: [RecordedEvent] = []
        events.reserveCapacity(records.count)
        for record in records {
            guard let event = try record.event(in: log.directory, at: nil) else { continue }
            events.append(RecordedEvent(sequence: record.sequence, event: event))
        }
        return events
    }
}

extension LogRecord {
    /// The event that the record holds; `nil` if it holds something that may be skipped.
    fileprivate func event(in file: String, at offset: Int?) throws(BackendError) -> Event? {
        let instance = InstanceID(key)
        func unreadable(_ reason: String) -> BackendError {
            .unreadableEvent(instance: instance, sequence: sequence, file: file, offset: offset, reason: reason)
        }
        guard kind == .event else {
            if kind == .definition || kind.isSkippable { return nil }
            throw unreadable("records of kind \(kind.rawValue) are not known")
        }
        do throws(EventDecodingError) {
            return try Event(
                decoding: payload, instance: instance, time: Timestamp(nanosecondsSinceEpoch: timestamp))
        } catch {
            throw unreadable("\(error)")
        }
    }
}
