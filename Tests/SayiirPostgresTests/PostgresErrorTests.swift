import Testing

@testable import SayiirPostgres

/// What errors say.
@Suite struct PostgresErrorTests {
    @Test("every kind of error says what happened, where, what the server said, and what to do")
    func texts() {
        for (kind, text) in Self.texts {
            let error = PostgresError(kind, server: "me@db:5432/jobs", message: "words", sqlState: "XX000")
            #expect(error.description == text)
        }
    }

    @Test("what is not known is left out")
    func unknown() {
        let error = PostgresError(.closed, server: "", message: "")
        #expect(error.description == "The PostgreSQL backend was closed. Connect anew.")
    }

    @Test("an outcome is unknown only where the server may have gone on, and every such error is a passing one")
    func outcomes() {
        let errors = Self.texts.map { PostgresError($0.0, server: "", message: "") }
        #expect(errors.filter(\.isOutcomeUnknown).map(\.kind) == [.timedOut, .connectionLost])
        #expect(
            errors.filter(\.isPassing).map(\.kind) == [
                .unreachable, .tooManyConnections, .poolExhausted, .timedOut, .connectionLost, .contended, .readOnly,
                .overloaded, .outOfSpace,
            ])
    }

    private static let texts: [(PostgresError.Kind, String)] = [
        (
            .invalidURL,
            "The PostgreSQL URL cannot be used (me@db:5432/jobs): words, SQLSTATE XX000. It looks like postgresql://user@host:5432/database; write special characters as %XX."
        ),
        (
            .unreachable,
            "No PostgreSQL server answers (me@db:5432/jobs): words, SQLSTATE XX000. Check that the server runs, and the host and port."
        ),
        (
            .notAuthenticated,
            "PostgreSQL does not accept the user or the password (me@db:5432/jobs): words, SQLSTATE XX000. Check the user and the password, and the server's pg_hba.conf."
        ),
        (
            .noDatabase,
            "PostgreSQL has no such database (me@db:5432/jobs): words, SQLSTATE XX000. Create it, for example with createdb, or name another one."
        ),
        (
            .notPermitted,
            "PostgreSQL refuses a right (me@db:5432/jobs): words, SQLSTATE XX000. Grant the user what it needs: CREATE on the database for the first start, then all rights on the schema."
        ),
        (
            .tooManyConnections,
            "PostgreSQL has no connection left (me@db:5432/jobs): words, SQLSTATE XX000. Raise max_connections, or let this program open fewer (maximumConnections)."
        ),
        (
            .poolExhausted,
            "All connections to PostgreSQL are busy (me@db:5432/jobs): words, SQLSTATE XX000. Raise maximumConnections, or do less at the same time."
        ),
        (
            .timedOut,
            "PostgreSQL did not answer in time (me@db:5432/jobs): words, SQLSTATE XX000. It may be overloaded, or blocked by a lock: see pg_stat_activity."
        ),
        (
            .connectionLost,
            "The connection to PostgreSQL broke (me@db:5432/jobs): words, SQLSTATE XX000. What was under way may or may not be stored; reading tells. The next call connects again."
        ),
        (
            .contended,
            "PostgreSQL gave way to another transaction (me@db:5432/jobs): words, SQLSTATE XX000. The same call may succeed now."
        ),
        (
            .readOnly,
            "This PostgreSQL server takes no changes (me@db:5432/jobs): words, SQLSTATE XX000. Name the primary server, for example with target_session_attrs=read-write in the URL."
        ),
        (
            .overloaded,
            "PostgreSQL has not what it needs just now (me@db:5432/jobs): words, SQLSTATE XX000. Give the server more memory, or raise the limit that it names; work goes on by itself then."
        ),
        (
            .outOfSpace,
            "PostgreSQL is out of disk space (me@db:5432/jobs): words, SQLSTATE XX000. Make room on the server; what was acknowledged is safe, and work goes on by itself then."
        ),
        (
            .unsupportedServer,
            "This PostgreSQL server cannot be used (me@db:5432/jobs): words, SQLSTATE XX000. PostgreSQL 13 or newer is needed, with a database in UTF-8."
        ),
        (
            .newerSchema(found: 9, supported: 1),
            "The tables in PostgreSQL are of version 9, and this program knows versions up to 1 (me@db:5432/jobs): words, SQLSTATE XX000. Use the version of this program that wrote them, or a newer one."
        ),
        (
            .moved,
            "The store in PostgreSQL is closed (me@db:5432/jobs): words, SQLSTATE XX000. Work with the store that it names."
        ),
        (
            .refused,
            "PostgreSQL refused a statement (me@db:5432/jobs): words, SQLSTATE XX000. This is a fault of this program or of the server's set-up; please report it."
        ),
        (
            .unreadable,
            "The tables in PostgreSQL hold something that this program cannot read (me@db:5432/jobs): words, SQLSTATE XX000. Somebody else may have changed them; restore them from a backup."
        ),
        (.closed, "The PostgreSQL backend was closed (me@db:5432/jobs): words, SQLSTATE XX000. Connect anew."),
    ]
}
