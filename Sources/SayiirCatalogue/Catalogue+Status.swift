internal import GRDB
public import SayiirEvents

/// How far a catalogue has taken in its log.
public struct CatalogueStatus: Hashable, Sendable {
    /// The id of the log that it was made of, 32 hexadecimal digits; empty before the log had one.
    public var log: String
    /// The first sequence from which on it is complete.
    public var firstSequence: UInt64
    /// The last sequence that it has; 0 before the first.
    public var sequence: UInt64
    /// How many records could not be decoded and were passed over.
    public var unreadableCount: UInt64
    /// The times of the earliest and the latest event that it has.
    public var times: ClosedRange<Timestamp>?
}

extension Catalogue {
    /// How far the catalogue is. Takes nothing in: see ``update(progress:)``.
    ///
    /// - Throws: ``CatalogueError`` if there is none, or it cannot be used.
    public func status() throws -> CatalogueStatus {
        let file = try CatalogueFile(opening: try approvedPath(.read), isReadOnly: true)
        let position = try file.wrapping { try file.database.read(CataloguePosition.init) }
        return CatalogueStatus(
            log: position.log, firstSequence: position.firstSequence, sequence: position.sequence,
            unreadableCount: position.unreadable,
            times: position.times)
    }
}
