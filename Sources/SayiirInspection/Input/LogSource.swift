internal import SayiirEvents
internal import SayiirLog
internal import SayiirPostgres

/// The log that is looked at. Reading takes no lock and changes nothing; only a ``Repair`` writes.
package struct LogSource {
    /// The log's directory; the name of a bundle or a store that stands in its place.
    private(set) var directory: String
    let reader: LogReader
    let fileSystem: any FileSystem
    /// Where its catalogue is; `nil` for beside the log.
    let cataloguePath: String?
    /// A Boolean value that indicates whether a catalogue may answer in the place of the log.
    package var usesCatalogue = true
    /// Told how far a reading is; `nil` if nobody looks.
    var meter: ProgressMeter?
    /// What stands in the place of a log, if it is a bundle.
    var bundle: RecordBundle?
    /// What stands in the place of a log, if it is a store in PostgreSQL, once it is connected to.
    private(set) var store: PostgresStoreReader?
    /// Where that store is.
    private(set) var storeAddress: StoreAddress?

    /// The log in a directory of this machine.
    ///
    /// - Parameters:
    ///   - directory: The log's directory.
    ///   - archives: Directories to which retention has moved segments: they are read as one with the directory.
    ///   - catalogue: The catalogue's file; `nil` for the one beside the log.
    package init(directory: String, archives: [String] = [], catalogue: String? = nil) {
        self.init(directory: directory, archives: archives, catalogue: catalogue, fileSystem: LocalFileSystem())
    }

    /// A store in PostgreSQL in the place of a log.
    package init(_ address: StoreAddress) {
        self.init(directory: "PostgreSQL", fileSystem: LocalFileSystem())
        storeAddress = address
    }

    /// Connects to the store, if there is one.
    mutating func connect() throws {
        guard let storeAddress else { return }
        let store = try PostgresStoreReader(storeAddress.url, schema: storeAddress.schema)
        directory = store.name
        self.store = store
    }

    init(directory: String, archives: [String] = [], catalogue: String? = nil, fileSystem: any FileSystem) {
        cataloguePath = catalogue
        self.directory = directory
        self.fileSystem = fileSystem
        reader = LogReader(directory: directory, archives: archives, fileSystem: fileSystem)
    }

    /// The paths that are read, in which and to which no command writes; none if a store in PostgreSQL is read.
    var readPaths: [String] { storeAddress == nil ? [reader.directory] + reader.archives : [] }

    /// Reads the whole log, verified, and calls `visit` with every event in order. Records whose key `isWanted` refuses are
    /// not decoded. One segment's frames are in memory at a time, not more.
    ///
    /// What cannot be decoded goes to `problems`, and so does the verdict on the log's end.
    ///
    /// - Parameter instances: Whose events are wanted, if that is known beforehand: see ``verify(only:after:_:)``.
    func readEvents(
        _ problems: Problems, only instances: [String]? = nil, ofKeys isWanted: (String) -> Bool = { _ in true },
        frames: (Frame) -> Void = { _ in }, visit: (RecordedEvent) throws -> Void
    ) throws -> Assessment {
        let assessment = try verify(only: instances) { frame in
            frames(frame)
            try frame.forEachRecord { record in
                guard isWanted(record.key) else { return }
                let entry = LogEntry(record, in: frame)
                switch entry.content {
                case .event(let event): try visit(RecordedEvent(sequence: record.sequence, event: event))
                case .definition, .skippable: break
                case .unreadable: try problems.note(entry, in: directory)
                }
            }
        }
        problems.assessment = assessment
        return assessment
    }
}
