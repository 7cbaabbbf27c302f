/// What takes in a snapshot's entries when a log is opened.
struct SnapshotRestoration {
    /// The encoding of entries that it knows.
    var contentVersion: UInt32
    /// Forgets what was taken in: of a snapshot that turned out to be damaged, or nothing.
    var reset: () -> Void
    /// Takes in an entry.
    var restore: (LogRecord) throws -> Void
}
