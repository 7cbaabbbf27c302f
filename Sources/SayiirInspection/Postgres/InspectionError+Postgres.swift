internal import SayiirPostgres

extension InspectionError {
    /// Puts what a store in PostgreSQL throws into the words of this program; `nil` for other errors.
    init?(ofStore error: any Error) {
        switch error {
        case let error as PostgresError: self.init(error)
        case let error as NoStore:
            let others = error.others.filter { $0 != error.schema }.map { "'\(safe($0))'" }
            let advice =
                others.isEmpty
                ? "The first engine that connects makes one."
                : "With --schema another one is read: there is one in \(others.joined(separator: ", "))."
            self.init("there is no Sayiir store in schema '\(safe(error.schema))' of \(safe(error.server)). \(advice)")
        case is FollowingStandby:
            self.init(
                "the server is a standby, which does not know who is writing: events that come late could be missed. Use --follow "
                    + "on the primary.")
        case let error as StoreMoveError:
            if case .postgres(let error) = error { self.init(error) } else { self.init("\(error)") }
        default: return nil
        }
    }

    private init(_ error: PostgresError) {
        switch error.kind {
        case .notPermitted:
            self.init(
                "\(safe(error.words)). To look at a store a user needs CONNECT on the database, USAGE on the schema, and SELECT on all "
                    + "its tables.")
        case .connectionLost: self.init("\(safe(error.words)). Try again.")
        default: self.init(safe("\(error)"))
        }
    }

    /// The refusal of a command that is about files.
    ///
    /// - Parameter command: Its name, if it is known.
    package static func isAboutFiles(_ command: String? = nil) -> InspectionError {
        if command == "sql" || command == "rebuild" {
            return InspectionError(
                "'\(command ?? "")' is about the catalogue of a log. A store in PostgreSQL has views for that, overview and history: ask them "
                    + "with psql.")
        }
        return InspectionError(
            "\(command.map { "'\($0)'" } ?? "this command") is about the files of a log, its frames and hash chain, which a store in "
                + "PostgreSQL does not have. Give a log's directory, and no --postgres.")
    }
}
