internal import SayiirEvents
internal import SayiirLog
internal import SayiirPostgres
internal import SayiirProjection

// Stores in PostgreSQL in the place of logs.
extension LogSource {
    /// Reads a store as a log that had its definitions in front, as sequence 0, and a frame for each event.
    func read(
        _ store: PostgresStoreReader, only instances: [String]?, after sequence: UInt64,
        _ visit: (Frame) throws -> Void
    ) throws -> Assessment {
        var (count, last): (UInt64, UInt64) = (0, 0)
        try store.atOneMoment {
            for definition in try store.definitions() {
                try visit(
                    Frame(
                        foreign: .definition, key: definition.hash.description, timestamp: definition.time,
                        payload: Array(definition.text.utf8), sequence: 0))
            }
            if let served = try store.servedWorkflows() {
                try visit(
                    Frame(
                        foreign: .service, key: "", timestamp: 0, payload: Array(ServiceRecord.text(of: served).utf8),
                        sequence: 0))
            }
            func visitEvent(_ event: StoredEvent) throws {
                (count, last) = (count + 1, event.sequence)
                try visit(Frame(event))
            }
            if let instances {
                try store.forEachEvent(of: instances) { event in
                    if event.sequence > sequence { try visitEvent(event) }
                }
            } else {
                try store.forEachEvent(after: sequence, visit: visitEvent)
            }
        }
        return Assessment(ofStore: store.name, recordCount: count, lastSequence: last)
    }

    /// The wanted instances, if a store keeps a table of them.
    func storedInstances(_ query: InstanceQuery) throws -> [InstanceOverview]? { try store?.instances(query) }

    /// The ids of instances, if a store keeps a table of them: not all, if there are very many.
    func storedInstanceIDs() throws -> [String]? { try store?.instanceIDs() }

    /// Who has the lease of an instance, if it is in a store that gives leases.
    func storedLease(of instance: String) throws -> Attendance.Lease? {
        try store?.lease(of: instance).map { lease in
            Attendance.Lease(executor: lease.executor, until: lease.until, readyAt: lease.readyAt)
        } ?? (store == nil ? nil : Attendance.Lease())
    }

    /// The instances whose events tell by which definition a workflow goes now, if not all events are needed for that.
    func instancesTelling(ofWorkflow name: String) throws -> [String]? {
        guard let store else { return nil }
        var query = InstanceQuery()
        query.workflow = name
        query.statuses = Set(StatusName.allCases)
        query.isReversed = true
        query.limit = 1
        return try store.instances(query).map(\.id)
    }
}

extension Frame {
    /// A frame of its own for an event of a store.
    init(_ event: StoredEvent) throws(LogError) {
        try self.init(
            foreign: .event, key: event.instance, timestamp: event.time, payload: event.data, sequence: event.sequence)
    }
}

extension LogEntry {
    /// An event of a store.
    init(_ event: StoredEvent) throws {
        let frame = try Frame(event)
        guard let record = frame.records.first else {
            throw InspectionError("the event of sequence \(event.sequence) cannot be shown.", status: .corrupt)
        }
        self.init(record, in: frame)
    }
}
