/// What keeps a catalogue from being used. The log is not touched by any of it.
public enum CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file is no catalogue, is damaged, was written by another version, or is another log's. Rebuild it.
    case unusable(file: String, reason: String)
    /// The database failed: no space, no permission, another process keeps it locked.
    case database(file: String, reason: String)
    /// The file is not this log's catalogue, and is neither used nor replaced.
    case refused(file: String, reason: String, advice: String)
    /// A person's own SQL is wrong, or would change something.
    case statement(reason: String)

    /// What happened, where, and what to do next, in a sentence or two.
    public var description: String {
        switch self {
        case .unusable(let file, let reason):
            "the catalogue \(file) cannot be used: \(reason). It holds nothing that the log does not: rebuild it."
        case .database(let file, let reason):
            "the catalogue \(file) cannot be read or written: \(reason). Name a file in a directory that may be written to with --catalogue."
        case .refused(let file, let reason, let advice): "'\(file)' \(reason). \(advice)"
        case .statement(let reason): "the statement was refused: \(reason)"
        }
    }
}

extension CatalogueError {
    /// Another process has taken something in meanwhile: begin again from where that left the catalogue.
    struct MovedOn: Error {}
}
