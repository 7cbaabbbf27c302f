import SayiirEvents
import SayiirLog
import SayiirProjection

/// The instances of a log, read from the whole of it.
enum StoredInstances {
    static func read(directory: String, fileSystem: any FileSystem) throws -> [InstanceSummary] {
        var roster = InstanceRoster(summarizing: InstanceSummary.init)
        try forEachEvent(directory, fileSystem) { roster.add($0) }
        if !roster.revived.isEmpty { try forEachEvent(directory, fileSystem) { roster.addAgain($0) } }
        return roster.summaries
    }

    private static func forEachEvent(
        _ directory: String, _ fileSystem: any FileSystem, _ visit: (Event) -> Void
    ) throws {
        var follower = LogReader(directory: directory, fileSystem: fileSystem).follow()
        while let frame = try follower.next() {
            try frame.forEachRecord { record in
                if let event = try record.event(in: "\(directory)/\(frame.segment)", at: frame.offset) { visit(event) }
            }
        }
    }
}
