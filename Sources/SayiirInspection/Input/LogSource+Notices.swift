internal import SayiirEvents
internal import SayiirLog
internal import SayiirPostgres

// What keeps an answer from being all that there is, though nothing is wrong.
extension LogSource {
    /// The place where the log or the store goes on, if it was moved; `nil` if it goes on here.
    func destination() throws -> String? {
        if bundle != nil { return nil }
        if let store { return try store.destination() }
        return try reader.destination()
    }

    /// Says in a line that the log was moved and is closed; no line if it was not.
    func moveLines(_ style: Style) throws -> [String] {
        guard let destination = try destination() else { return [] }
        let words =
            "\(safe(directory)) was moved to \(safe(destination)) and is closed. What follows is its state when it was moved."
        return wrapped(words, to: style.width, first: "", indent: "").map { style.paint($0, .yellow) }
    }

    /// Says in a sentence which records retention took away that are not read; `nil` if all records are.
    func retentionWords() throws -> String? {
        guard store == nil, bundle == nil else { return nil }
        let removed = try reader.removedSegments()
        let first = try reader.firstSequence()
        let missing = removed.filter { $0.name.firstSequence < first }
        guard let last = missing.last else { return nil }
        let archived = missing.count(where: \.isArchived)
        let fate =
            archived == missing.count
            ? "archived" : archived == 0 ? "deleted" : "\(grouped(UInt64(archived))) of them archived"
        return
            "The log is read from sequence \(grouped(first)) on: retention took away \(counted(missing.count, "segment")) with "
            + "the sequences up to \(grouped(last.lastSequence)), \(fate)."
            + (archived > 0 ? " '--archive DIR' reads archived ones as well." : "")
    }
}
