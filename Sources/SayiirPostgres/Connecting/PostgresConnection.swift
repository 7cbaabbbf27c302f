internal import CPostgres
internal import SayiirEvents
internal import SayiirLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// One connection to the server, for one thread, which it holds up: never the cooperative pool's.
///
/// Every wait has a limit: a server that is gone without a word must not hold a thread for ever.
final class PostgresConnection {
    let address: ServerAddress
    /// When it was opened, on the continuous clock.
    let openedAt = ContinuousClock.now
    private let handle: OpaquePointer
    private let statementTimeout: Duration
    private var prepared: Set<String> = []

    /// Whether nothing more can be done with it.
    private(set) var isBroken = false

    /// Opens a connection whose unqualified names mean the schema's.
    init(_ address: ServerAddress, _ options: PostgresOptions) throws(PostgresError) {
        self.address = address
        statementTimeout = options.statementTimeout
        handle = try Self.open(address, timeout: options.connectTimeout)
        // A class whose properties are all set is deinitialized if its initializer throws: that ends the connection.
        try check()
        try setUp(options)
    }

    deinit { PQfinish(handle) }

    /// Runs a prepared statement, preparing it first if need be.
    func run(
        _ statement: Statement, _ parameters: StatementParameters = StatementParameters()
    ) throws(PostgresError) -> PostgresResult {
        let deadline = ContinuousClock.now + statementTimeout + Self.grace
        if !prepared.contains(statement.name) {
            try send(PQsendPrepare(handle, statement.name, statement.sql, 0, nil), until: deadline)
            _ = try receive(until: deadline)
            prepared.insert(statement.name)
        }
        let sent = parameters.bytes.withUnsafeBufferPointer { bytes in
            var values: [UnsafePointer<CChar>?] = []
            var lengths: [Int32] = []
            for place in parameters.places {
                let start = place.flatMap { place in bytes.baseAddress.map { UnsafeRawPointer($0 + place.lowerBound) } }
                values.append(start?.assumingMemoryBound(to: CChar.self))
                lengths.append(Int32(clamping: place?.count ?? 0))
            }
            let formats = [Int32](repeating: 1, count: values.count)
            return PQsendQueryPrepared(
                handle, statement.name, Int32(values.count), values, lengths, formats, 1)
        }
        try send(sent, until: deadline)
        return try receive(until: deadline)
    }

    /// Runs statements that take no parameters, one after the other, in one transaction unless they say otherwise.
    func runScript(_ sql: String) throws(PostgresError) {
        let deadline = ContinuousClock.now + statementTimeout + Self.grace
        try send(PQsendQuery(handle, sql), until: deadline)
        _ = try receive(until: deadline)
    }

    /// The notifications that have come, as payloads, waiting for the first one up to the given time.
    func notifications(waitingUpTo limit: Duration) throws(PostgresError) -> [String] {
        var payloads: [String] = []
        let deadline = ContinuousClock.now + limit
        while true {
            guard PQconsumeInput(handle) == 1 else { throw lost() }
            while let notification = PQnotifies(handle) {
                payloads.append(String(cString: notification.pointee.extra))
                PQfreemem(notification)
            }
            let remaining = deadline - ContinuousClock.now
            guard payloads.isEmpty, remaining > .zero else { return payloads }
            try wait(for: POLLIN, upTo: remaining)
        }
    }

    // MARK: Opening

    private static func open(_ address: ServerAddress, timeout: Duration) throws(PostgresError) -> OpaquePointer {
        let deadline = ContinuousClock.now + timeout
        // A way to the server that is cut is noticed within a minute, unless the URL says otherwise.
        let keepalive = [
            "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "60000",
        ]
        let keywords = Array(keepalive.keys) + ["dbname", "fallback_application_name", "client_encoding"]
        let values = Array(keepalive.values) + [address.url, "sayiir", "UTF8"]
        let started = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let handle = started else {
            throw PostgresError(.unreachable, server: address.name, message: "no memory for a connection")
        }
        // What a server says beside its answers, libpq would write to the program's standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        // Why a server refuses a connection, it says in the code: its words are of its own language.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        var next = PGRES_POLLING_WRITING
        while next != PGRES_POLLING_OK {
            let remaining = deadline - ContinuousClock.now
            guard PQstatus(handle) != CONNECTION_BAD, next != PGRES_POLLING_FAILED, remaining > .zero else {
                defer { PQfinish(handle) }
                throw failure(toConnect: handle, address, isLate: remaining <= .zero)
            }
            let events = Int16(next == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            var descriptor = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            _ = poll(&descriptor, 1, remaining.milliseconds)
            if descriptor.revents != 0 { next = PQconnectPoll(handle) }
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        PQsetnonblocking(handle, 1)
        return handle
    }

    /// What it means that a connection could not be opened.
    private static func failure(
        toConnect handle: OpaquePointer, _ address: ServerAddress, isLate: Bool
    ) -> PostgresError {
        guard !isLate else {
            return PostgresError(.unreachable, server: address.name, message: "not within the time for connecting")
        }
        let refusal = ConnectionRefusal(text: PQerrorMessage(handle).map { String(cString: $0) } ?? "")
        let kind: PostgresError.Kind =
            if let state = refusal.sqlState {
                PostgresError.Kind(whenConnecting: state)
            } else if PQconnectionNeedsPassword(handle) == 1 {
                .notAuthenticated
            } else if refusal.isOfSettings {
                .invalidURL
            } else {
                .unreachable
            }
        return PostgresError(
            kind, server: address.name, message: address.redact(refusal.message), sqlState: refusal.sqlState)
    }

    private func check() throws(PostgresError) {
        let encoding = PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } ?? "unknown"
        if let reason = Self.unsuitable(version: PQserverVersion(handle), encoding: encoding) {
            throw error(.unsupportedServer, reason)
        }
    }

    /// Why a server cannot be used; `nil` if it can.
    static func unsuitable(version: Int32, encoding: String) -> String? {
        if version < 130_000 { return "it is version \(version / 10000)" }
        return encoding == "UTF8" ? nil : "its database's encoding is \(encoding)"
    }

    private func setUp(_ options: PostgresOptions) throws(PostgresError) {
        let timeout = options.statementTimeout.milliseconds
        // Statements are planned once for a connection, perhaps while the tables are empty. Each goes by an index, and has to do so
        // whatever the planner then takes the tables' size for; nested loops over what was given also lock rows in its order.
        // What was acknowledged has to be durable. Whoever set more than that (`remote_apply`) keeps it.
        try runScript(
            """
            SET search_path TO \(quotedIdentifier(options.schema));
            SET statement_timeout TO \(timeout);
            SET idle_in_transaction_session_timeout TO \(timeout);
            SET client_min_messages TO warning;
            SET plan_cache_mode TO force_generic_plan;
            SET enable_seqscan TO off;
            SET enable_hashjoin TO off;
            SET enable_mergejoin TO off;
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            """)
    }

    // MARK: Sending and receiving

    private func send(_ code: Int32, until deadline: ContinuousClock.Instant) throws(PostgresError) {
        guard code == 1 else { throw lost() }
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // The server may want to be rid of something before it takes more.
                try wait(for: POLLIN | POLLOUT, upTo: deadline - ContinuousClock.now)
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    /// The last result of what was sent; the first error of it, if there is one.
    private func receive(until deadline: ContinuousClock.Instant) throws(PostgresError) -> PostgresResult {
        var last: PostgresResult?
        var failure: PostgresError?
        while true {
            while PQisBusy(handle) == 1 {
                try wait(for: POLLIN, upTo: deadline - ContinuousClock.now)
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            }
            guard let pointer = PQgetResult(handle) else { break }
            let result = PostgresResult(pointer)
            switch PQresultStatus(pointer) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: last = result
            default: failure = failure ?? error(of: pointer)
            }
        }
        if PQstatus(handle) == CONNECTION_BAD { isBroken = true }
        if let failure { throw failure }
        guard let last else { throw lost() }
        return last
    }

    private func wait(for events: Int32, upTo limit: Duration) throws(PostgresError) {
        guard limit > .zero else {
            // Nobody knows what the server makes of the rest, so nothing else may be asked here.
            isBroken = true
            throw error(.timedOut, "")
        }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        if descriptor.fd < 0 { throw lost() }
        _ = poll(&descriptor, 1, limit.milliseconds)
    }

    /// How long after the server's own limit this side gives up: the server's answer says more.
    private static let grace = Duration.seconds(5)

    // MARK: Errors

    private func lost() -> PostgresError {
        isBroken = true
        return error(.connectionLost, Self.oneLine(PQerrorMessage(handle)))
    }

    private func error(_ kind: PostgresError.Kind, _ message: String, _ sqlState: String? = nil) -> PostgresError {
        PostgresError(kind, server: address.name, message: address.redact(message), sqlState: sqlState)
    }

    private func error(of result: OpaquePointer) -> PostgresError {
        func field(_ name: Character) -> String? {
            PQresultErrorField(result, Int32(name.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let state = field("C")
        guard let state else { return lost() }
        let kind = PostgresError.Kind(sqlState: state)
        // A server that takes no changes may be a standby now, and a new connection lead to another one.
        if kind == .connectionLost || kind == .readOnly { isBroken = true }
        let detail = field("D").map { " (\($0))" } ?? ""
        return error(kind, (field("M") ?? "") + detail, state)
    }

    private static func oneLine(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "" }
        return String(cString: text).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}

extension PostgresError.Kind {
    /// What a code means when a connection is refused.
    fileprivate init(whenConnecting sqlState: String) {
        let kind = Self(sqlState: sqlState)
        self =
            switch kind {
            // A password that cannot be used at all is a wrong one, too.
            case .refused where sqlState.hasPrefix("28"): .notAuthenticated
            // It starts or stops, or has no memory just now.
            case .connectionLost, .timedOut, .contended, .outOfSpace, .overloaded, .refused: .unreachable
            default: kind
            }
    }

    /// What a code of PostgreSQL's means here.
    fileprivate init(sqlState: String) {
        self =
            switch sqlState {
            case "25006": .readOnly
            case "53100": .outOfSpace
            case "53300": .tooManyConnections
            case "53000", "53200", "53400": .overloaded
            case "42501": .notPermitted
            case "28000", "28P01": .notAuthenticated
            case "3D000": .noDatabase
            case "57014", "55P03": .timedOut
            case "57P01", "57P02", "57P03", "25P03": .connectionLost
            case "40001", "40P01": .contended
            case "SYM01": .moved
            default: sqlState.hasPrefix("08") ? .connectionLost : .refused
            }
    }
}

/// Calls `body` with C strings, and NULL behind the last.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
}

/// The name as SQL takes it.
func quotedIdentifier(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

extension Duration {
    /// In whole milliseconds, as `poll` and the server take them, at least 1.
    fileprivate var milliseconds: Int32 {
        max(1, Int32(clamping: saturatedNanoseconds / 1_000_000))
    }
}
