internal import GRDB
internal import SayiirEvents
internal import SayiirLog

/// How far a catalogue has taken in its log. Written in the same transaction as what was taken in.
struct CataloguePosition: Hashable, Sendable {
    /// The log's identity; empty before it has one.
    var log = ""
    /// The sequence from which on it is complete: that of the first record that could be read when it was built.
    var firstSequence: UInt64 = 1
    /// The last sequence that was taken in.
    var sequence: UInt64 = 0
    /// Where the frame begins that was taken in last; `nil` before the first.
    var frameStart: LogPosition?
    /// The chain's digest after that frame, in hexadecimal.
    var digest = ""
    /// How many records could not be decoded and were passed over.
    var unreadable: UInt64 = 0
    /// The times of the earliest and the latest event.
    var times: ClosedRange<Timestamp>?

    /// Takes in when an event was.
    mutating func extend(to time: Timestamp) {
        let known = times ?? time...time
        times = min(known.lowerBound, time)...max(known.upperBound, time)
    }
}

extension CataloguePosition {
    /// Reads it.
    init(_ database: Database) throws {
        self.init()
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM catalogue") else { return }
        log = row["log"]
        firstSequence = UInt64(clamping: row["first_sequence"] as Int64)
        sequence = UInt64(clamping: row["sequence"] as Int64)
        frameStart = (row["position"] as String?).flatMap(LogPosition.init(_:))
        digest = row["digest"] ?? ""
        unreadable = UInt64(clamping: row["unreadable"] as Int64)
        if let earliest = row["earliest"] as Int64?, let latest = row["latest"] as Int64?, earliest <= latest {
            times = Timestamp(nanosecondsSinceEpoch: earliest)...Timestamp(nanosecondsSinceEpoch: latest)
        }
    }

    /// Writes it.
    func write(_ database: Database) throws {
        try database.execute(
            sql:
                "DELETE FROM catalogue; INSERT INTO catalogue VALUES (:log, :first, :sequence, :position, :digest, :unreadable, :earliest, :latest)",
            arguments: [
                "log": log, "first": Int64(clamping: firstSequence), "sequence": Int64(clamping: sequence),
                "position": frameStart?.text,
                "digest": digest, "unreadable": Int64(clamping: unreadable),
                "earliest": times?.lowerBound.nanosecondsSinceEpoch, "latest": times?.upperBound.nanosecondsSinceEpoch,
            ])
    }
}
