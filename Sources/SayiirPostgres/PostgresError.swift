public import Sayiir

/// What can go wrong between this process and a PostgreSQL server. Never holds a password, nor a URL as it was given.
public struct PostgresError: StoreError, Hashable {
    /// What kind of thing went wrong, and with it what can be done.
    public enum Kind: Hashable, Sendable {
        /// The connection URL makes no sense.
        case invalidURL
        /// No server takes connections there: it is not running, starts or stops just now, or the way to it is broken.
        case unreachable
        /// The server does not accept the user or the password.
        case notAuthenticated
        /// There is no database of this name.
        case noDatabase
        /// The user lacks a right.
        case notPermitted
        /// The server has no more connections to give.
        case tooManyConnections
        /// Every connection of this process was busy for longer than a caller may wait.
        case poolExhausted
        /// The server did not answer in time.
        case timedOut
        /// The connection broke while a statement was under way.
        case connectionLost
        /// Another transaction came first, in a way that the server could not resolve.
        case contended
        /// The server takes no changes: it is a standby, or was told not to.
        case readOnly
        /// The server has not the memory that it needs, or has reached another limit.
        case overloaded
        /// The server's disk is full.
        case outOfSpace
        /// The server is too old, or is set up in a way that does not serve.
        case unsupportedServer
        /// A newer version of this library has changed the tables.
        case newerSchema(found: Int, supported: Int)
        /// The store was moved away: what was in it goes on elsewhere.
        case moved
        /// The server refused a statement.
        case refused
        /// The tables hold something that this library did not write.
        case unreadable
        /// The backend was closed.
        case closed
    }

    /// What kind of thing went wrong.
    public var kind: Kind
    /// The server, database and user concerned: `sayiir@db.example.org:5432/jobs`. Empty if they are not known.
    public var server: String
    /// What the server or the client library said.
    public var message: String
    /// The server's five-character code, if it gave one.
    public var sqlState: String?

    init(_ kind: Kind, server: String, message: String, sqlState: String? = nil) {
        self.kind = kind
        self.server = server
        self.message = message
        self.sqlState = sqlState
    }

    /// Whether the same call may succeed later.
    public var isPassing: Bool {
        switch kind {
        case .unreachable, .tooManyConnections, .poolExhausted, .timedOut, .connectionLost, .contended, .readOnly,
            .overloaded, .outOfSpace:
            true
        case .invalidURL, .notAuthenticated, .noDatabase, .notPermitted, .unsupportedServer, .newerSchema, .moved,
            .refused, .unreadable, .closed:
            false
        }
    }

    /// Whether what was to be stored may be found stored nevertheless.
    public var isOutcomeUnknown: Bool {
        switch kind {
        case .connectionLost, .timedOut: true
        default: false
        }
    }

    /// Whether the error is about one instance: the server refused what was to be stored of it, or holds what cannot be read.
    public var concernsOneInstance: Bool {
        switch kind {
        case .refused, .unreadable: true
        case .invalidURL, .unreachable, .notAuthenticated, .noDatabase, .notPermitted, .tooManyConnections,
            .poolExhausted,
            .timedOut, .connectionLost, .contended, .readOnly, .overloaded, .outOfSpace, .unsupportedServer,
            .newerSchema, .moved, .closed:
            false
        }
    }

    /// The error in words, with what to do.
    public var description: String { "\(words). \(advice)" }

    /// The error in words.
    package var words: String {
        let place = server.isEmpty ? "" : " (\(server))"
        let code = sqlState.map { ", SQLSTATE \($0)" } ?? ""
        let said = message.isEmpty ? "" : ": \(message)"
        return "\(summary)\(place)\(said)\(code)"
    }

    private var summary: String {
        switch kind {
        case .invalidURL: "The PostgreSQL URL cannot be used"
        case .unreachable: "No PostgreSQL server answers"
        case .notAuthenticated: "PostgreSQL does not accept the user or the password"
        case .noDatabase: "PostgreSQL has no such database"
        case .notPermitted: "PostgreSQL refuses a right"
        case .tooManyConnections: "PostgreSQL has no connection left"
        case .poolExhausted: "All connections to PostgreSQL are busy"
        case .timedOut: "PostgreSQL did not answer in time"
        case .connectionLost: "The connection to PostgreSQL broke"
        case .contended: "PostgreSQL gave way to another transaction"
        case .overloaded: "PostgreSQL has not what it needs just now"
        case .readOnly: "This PostgreSQL server takes no changes"
        case .outOfSpace: "PostgreSQL is out of disk space"
        case .unsupportedServer: "This PostgreSQL server cannot be used"
        case .newerSchema(let found, let supported):
            "The tables in PostgreSQL are of version \(found), and this program knows versions up to \(supported)"
        case .moved: "The store in PostgreSQL is closed"
        case .refused: "PostgreSQL refused a statement"
        case .unreadable: "The tables in PostgreSQL hold something that this program cannot read"
        case .closed: "The PostgreSQL backend was closed"
        }
    }

    private var advice: String {
        switch kind {
        case .invalidURL: "It looks like postgresql://user@host:5432/database; write special characters as %XX."
        case .unreachable: "Check that the server runs, and the host and port."
        case .notAuthenticated: "Check the user and the password, and the server's pg_hba.conf."
        case .noDatabase: "Create it, for example with createdb, or name another one."
        case .notPermitted:
            "Grant the user what it needs: CREATE on the database for the first start, then all rights on the schema."
        case .tooManyConnections: "Raise max_connections, or let this program open fewer (maximumConnections)."
        case .poolExhausted: "Raise maximumConnections, or do less at the same time."
        case .timedOut: "It may be overloaded, or blocked by a lock: see pg_stat_activity."
        case .connectionLost:
            "What was under way may or may not be stored; reading tells. The next call connects again."
        case .contended: "The same call may succeed now."
        case .overloaded: "Give the server more memory, or raise the limit that it names; work goes on by itself then."
        case .readOnly: "Name the primary server, for example with target_session_attrs=read-write in the URL."
        case .outOfSpace: "Make room on the server; what was acknowledged is safe, and work goes on by itself then."
        case .unsupportedServer: "PostgreSQL 13 or newer is needed, with a database in UTF-8."
        case .newerSchema: "Use the version of this program that wrote them, or a newer one."
        case .moved: "Work with the store that it names."
        case .refused: "This is a fault of this program or of the server's set-up; please report it."
        case .unreadable: "Somebody else may have changed them; restore them from a backup."
        case .closed: "Connect anew."
        }
    }
}
