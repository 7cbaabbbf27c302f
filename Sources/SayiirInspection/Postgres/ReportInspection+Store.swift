internal import SayiirLog
internal import SayiirPostgres
internal import SayiirProjection

extension ReportInspection {
    /// The page about all instances of a store, from their table.
    func fleet(of store: PostgresStoreReader) throws -> String {
        try store.atOneMoment {
            let figures = try store.figures()
            return FleetReport(
                instances: try store.instances(InstanceQuery()), times: figures.times,
                log: LogFacts(
                    directory: store.name,
                    assessment: Assessment(
                        ofStore: store.name, recordCount: figures.eventCount, lastSequence: figures.lastSequence),
                    firstSequence: min(1, figures.lastSequence), isStore: true)
            ).text
        }
    }
}
