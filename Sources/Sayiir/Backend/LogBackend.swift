public import SayiirEvents
public import SayiirLog
public import SayiirProjection

/// A backend on an embedded log: one directory, one process, nothing to operate.
///
/// Opening reads the newest snapshot and what the log holds behind it. Live instances stay in memory; ended ones do not, and
/// are read from the log when they are asked for. Snapshots are taken as the log grows, and when it is closed.
public struct LogBackend: Backend {
    /// What opening the log found and did.
    public var recovery: RecoveryReport { log.recovery }

    /// The threads of the log.
    public var executor: (any TaskExecutor)? { log.executor }

    private let log: LogWriter
    private let fileSystem: any FileSystem
    private let isTakingSnapshot = Monitor(false)
    /// The definitions that are known to be in the log.
    private let definitions = Monitor<Set<DefinitionHash>>([])
    private let ledger: InstanceLedger<LogStorage>
    private let services = RunningServices()

    /// Opens the log in `directory`, creating it if the directory is missing or empty.
    ///
    /// - Throws: ``BackendError/log(_:)`` if the directory cannot be opened as a log: another process has it, it is damaged, it
    ///   is something else; ``BackendError/unreadableEvent(instance:sequence:file:offset:reason:)`` if a record is not an event.
    public static func open(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem()
    ) async throws(BackendError) -> LogBackend {
        try await BackendError.translating {
            let (log, instances) = try await LogWriter.open(
                directory: directory, options: options, fileSystem: fileSystem, folding: LiveInstances(),
                contentVersion: LiveInstances.contentVersion,
                restore: { try $0.restore($1, from: directory) },
                fold: { try fold($1, into: &$0, directory: directory) },
                settle: { instances, records in
                    for id in instances.unfinished {
                        instances.settle(id, by: try events(of: try records(id.rawValue), in: directory))
                    }
                    instances.park()
                })
            return LogBackend(
                log: log, fileSystem: fileSystem,
                ledger: InstanceLedger(
                    storage: LogStorage(log: log), instances: instances.parked, lastEpoch: instances.lastEpoch))
        }
    }

    /// Takes the events of one commit, or of a block of them, into account.
    private static func fold(
        _ frame: Frame, into instances: inout LiveInstances, directory: String
    ) throws(BackendError) {
        try frame.forEachRecord { (record) throws(BackendError) in
            guard let event = try record.event(in: "\(directory)/\(frame.segment)", at: frame.offset) else { return }
            instances.add(event, sequence: record.sequence)
        }
    }

    private init(log: LogWriter, fileSystem: any FileSystem, ledger: InstanceLedger<LogStorage>) {
        self.log = log
        self.fileSystem = fileSystem
        self.ledger = ledger
    }

    /// Gives `executor` the right to run an instance.
    public func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try ledger.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    /// Gives `executor` the right to run an instance if its state is one that it can go on with.
    public func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)? {
        try await ledger.acquireLease(on: instance, by: executor, if: condition)
    }

    /// Calls `handler` for what the holder of a lease has to know.
    public func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async {
        ledger.observe(lease, handler)
    }

    /// Gives a lease back.
    public func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        // A service that looks at a great many for the first time: should the process die, the next one need not look again.
        if ledger.release(lease, leaving: rest) { startSnapshot() }
    }

    /// Appends events of one instance. Costs one share in one write and one sync.
    public nonisolated(nonsending) func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await ledger.append(events, lease: lease)
        if log.isSnapshotDue { startSnapshot() }
    }

    /// See ``/SayiirLog/LogWriter/watchThreads(after:_:)``.
    func watchThreads(after limit: Duration, _ report: @escaping @Sendable (_ note: Int) -> Void) {
        log.watchThreads(after: limit, report)
    }

    /// Why sealing, retention or snapshots failed and were not made good since; `nil` if nothing did. See
    /// ``/SayiirLog/LogWriter/upkeepFailure``.
    public var upkeepFailure: LogError? { log.upkeepFailure }

    /// See ``/SayiirLog/LogWriter/watchUpkeep(_:)``.
    func watchUpkeep(_ report: @escaping @Sendable (LogError?) -> Void) { log.watchUpkeep(report) }

    private func startSnapshot() {
        let starts = isTakingSnapshot.withLock { isTaking in
            defer { isTaking = true }
            return !isTaking
        }
        // Nobody waits for it; should it fail, the log is as good as before, and the next one is due as late as after it.
        if starts { Task.detached { try? await takeSnapshot() } }
    }

    /// Writes a definition's text into the log, unless it is there already.
    public func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        guard !definitions.withLock({ $0.contains(hash) }) else { return }
        let key = hash.description
        do throws(LogError) {
            if await !isKept(key) {
                var batch = RecordBatch()
                try batch.append(
                    kind: .definition, key: key, timestamp: time.nanosecondsSinceEpoch, payload: Array(text.utf8))
                try await log.append(batch)
            }
        } catch {
            throw .log(error)
        }
        // Two that came at the same time have written it twice, which does no harm.
        definitions.withLock { _ = $0.insert(hash) }
    }

    /// The text of a definition that is in the log. Reads the frames that hold it.
    public func definition(_ hash: DefinitionHash) async throws(BackendError) -> String? {
        do throws(LogError) {
            let records = try await log.records(withKey: hash.description)
            return records.last { $0.kind == .definition }.map { String(decoding: $0.payload, as: UTF8.self) }
        } catch {
            throw .log(error)
        }
    }

    /// A definition that cannot be read counts as missing: it may be there more than once, and nothing that runs depends on it.
    private func isKept(_ key: String) async -> Bool {
        guard log.mayContain(key) != false else { return false }
        do throws(LogError) {
            return try await log.records(withKey: key).contains { $0.kind == .definition }
        } catch {
            return false
        }
    }

    /// Returns if the log can be written. Syncs what was written before, if anything was.
    public func checkHealth() async throws(BackendError) {
        do throws(LogError) {
            try await log.makeDurable()
        } catch {
            throw .log(error)
        }
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

    /// The state of an instance once its run has ended.
    public func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? {
        try await ledger.stateAtEnd(of: instance, orWhen: isFinal)
    }

    /// Announces the workflows that a service in this process serves. Recorded in the log, for whoever looks into it later.
    public func announceService(of workflows: [ServedWorkflow]?, by executor: String) async {
        services.announce(workflows, by: executor)
        // What was served last stays recorded when a service ends: it tells why an instance was left.
        guard let served = services.workflows else { return }
        var batch = RecordBatch()
        do throws(LogError) {
            try batch.append(
                kind: .service, key: Self.serviceKey, timestamp: SystemClock().now.nanosecondsSinceEpoch,
                payload: Array(ServiceRecord.text(of: served).utf8))
            try await log.append(batch)
        } catch {
            // Nothing that runs depends on it. A log that has failed says so at the next event.
        }
    }

    /// A key that no instance has.
    private static let serviceKey = ""

    /// The workflows that the services of this process serve.
    public func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>? { services.workflows }

    /// The instances that may have work for an executor.
    public func wakeUps() async -> AsyncStream<InstanceID> { ledger.wakeUps() }

    /// Tells those who listen that an instance may have work for them.
    public func announce(_ instance: InstanceID) async { ledger.announce(instance) }

    /// The instances that have not ended.
    public func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await ledger.instances() }

    /// The instances that have not ended, and what they wait for.
    public func waitingInstances(
        of workflows: Set<ServedWorkflow>
    ) async throws(BackendError) -> [WaitingInstance] {
        ledger.waitingInstances(of: workflows)
    }

    /// All instances. Reads the whole log, but for what retention removed, and holds up nobody meanwhile.
    public func instances() async throws(BackendError) -> [InstanceSummary] {
        let stored = try await BackendError.translating { [log, fileSystem] in
            try await log.runBlocking {
                try StoredInstances.read(directory: log.directory, fileSystem: fileSystem)
            }
        }
        // What is live was perhaps read before its last change.
        let live = try await ledger.instances()
        let liveIDs = Set(live.map(\.id))
        return live + stored.filter { !liveIDs.contains($0.id) }
    }

    /// Takes a snapshot now, so that opening the log again reads little; it is done as needed without this.
    ///
    /// - Throws: ``BackendError/log(_:)`` if the disk fails or is full. The log is as good as before then.
    public func takeSnapshot() async throws(BackendError) {
        defer { isTakingSnapshot.withLock { $0 = false } }
        guard let capture = try await ledger.capture() else { return }
        do throws(LogError) {
            try await log.writeSnapshot(
                at: capture.position, contentVersion: LiveInstances.contentVersion, neededFrom: capture.neededFrom
            ) { (entries) throws(LogError) in
                try LiveInstances.write(capture, into: &entries)
            }
        } catch {
            throw .log(error)
        }
    }

    /// Makes all of the log durable and gives up the directory. Later appends are refused. Takes a snapshot first if that saves
    /// the next opening more than it costs.
    ///
    /// - Throws: ``BackendError/log(_:)`` if the log was closed before or had failed.
    public func close() async throws(BackendError) {
        // Without it, opening takes longer, and that is all.
        if log.isSnapshotWorthwhile || ledger.hasLearntMuch { try? await takeSnapshot() }
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

    var position: LogPosition? { log.position }

    func mayHold(_ instance: InstanceID) -> Bool { log.mayContain(instance.rawValue) ?? true }

    @inline(__always)
    nonisolated(nonsending) func append(_ events: [Event]) async throws(BackendError) -> UInt64 {
        do throws(LogError) {
            var batch = RecordBatch()
            for event in events {
                try batch.append(
                    kind: .event, key: event.instance.rawValue, timestamp: event.time.nanosecondsSinceEpoch
                ) { event.encode(into: &$0) }
            }
            return try await log.append(batch)
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
        return try events(of: records, in: log.directory)
    }
}

/// The events that records of a log hold; other records are left out.
private func events(of records: [LogRecord], in directory: String) throws(BackendError) -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    events.reserveCapacity(records.count)
    for record in records {
        guard let event = try record.event(in: directory, at: nil) else { continue }
        events.append(RecordedEvent(sequence: record.sequence, event: event))
    }
    return events
}

extension LogRecord {
    /// The event that the record holds; `nil` if it holds something that may be skipped.
    package func event(in file: String, at offset: Int?) throws(BackendError) -> Event? {
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
