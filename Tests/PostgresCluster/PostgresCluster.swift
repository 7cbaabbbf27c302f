import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A real PostgreSQL server of a test's own, with its data in a temporary directory.
///
/// It is as durable as one in production, and is gone with its data when it is released or when this process ends,
/// even by SIGKILL. Only one call at a time may change whether it runs.
public actor PostgresCluster {
    /// How a server is told to end.
    public enum StopMode: Sendable {
        /// Ends the sessions, and writes everything out.
        case fast
        /// Ends at once, as in a crash: the next start recovers from the write-ahead log.
        case immediate
    }

    /// The directory of the socket, the data and the log.
    public nonisolated let directory: String
    /// The TCP port, and the last part of the socket's name. Restarts keep it.
    public nonisolated let port: Int
    /// The superuser.
    public nonisolated let user = "sayiir"
    /// What the superuser logs in with; nil if the server trusts everyone.
    public nonisolated let password: String?

    private nonisolated let programs: PostgresPrograms
    private let keeper: Keeper
    private let settings: [String: String]
    private let launcher: [String]
    private var server: (guardian: ChildProcess, postmaster: pid_t)?
    private var startCount = 0

    /// The server that most tests use, each with a database of its own in it: started when first asked for.
    public static var shared: PostgresCluster {
        get async throws { try await sharedStart.value }
    }

    private static let sharedStart = Task { try await start(settings: ["max_connections": "300"]) }

    /// Makes a cluster in UTF-8 and the locale C, and starts its server.
    ///
    /// - Parameters:
    ///   - settings: Parameters of `postgresql.conf`, which win over those that are set here.
    ///   - overTCP: Whether it listens on a free port of 127.0.0.1 too, and not on its Unix socket only.
    ///   - password: What the superuser logs in with, by SCRAM; without one, the server trusts everyone.
    ///   - launcher: A command line that goes on with that of the server, in ``directory`` and as the same process.
    /// - Throws: ``PostgresClusterError``, with the server's log, if it does not answer within a minute.
    public static func start(
        settings: [String: String] = [:], overTCP: Bool = false, password: String? = nil, under launcher: [String] = []
    ) async throws -> PostgresCluster {
        var attempt = 1
        while true {
            let port = overTCP ? try freePort() : 5432
            var all = ["listen_addresses": overTCP ? "127.0.0.1" : "", "port": "\(port)"]
            // In the data directory, not in /dev/shm, where it would outlive a server that is killed.
            all["dynamic_shared_memory_type"] = "mmap"
            let cluster = try await PostgresCluster(
                keeper: Keeper(as: .choose()), port: port, password: password, settings: all.merging(settings) { $1 },
                launcher: launcher)
            do {
                try await cluster.makeData()
                try await cluster.startAgain()
                return cluster
            } catch let error as PostgresClusterError
                where overTCP && attempt < 3 && error.log.contains("Address already in use")
            {
                // Someone else took the port that was free a moment ago.
                attempt += 1
            }
        }
    }

    private init(keeper: Keeper, port: Int, password: String?, settings: [String: String], launcher: [String]) throws {
        programs = try PostgresPrograms.find()
        self.keeper = keeper
        directory = keeper.directory
        self.port = port
        self.password = password
        self.settings = settings
        self.launcher = launcher
    }

    // MARK: - Life

    /// Starts a stopped or killed server on the data that it left, and waits until it takes connections.
    ///
    /// - Throws: ``PostgresClusterError`` if it runs, or does not answer within a minute.
    public func startAgain() async throws {
        guard server == nil else { throw PostgresClusterError("the server runs already") }
        startCount += 1
        let mark = "\(directory)/running.\(startCount)"
        var command = launcher + [programs.path("postgres"), "-D", "\(directory)/data", "-k", directory]
        let all = recoverySettings().merging(settings) { $1 }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) { command += ["-c", "\(name)=\(value)"] }
        let guardian = try keeper.start(command, mark: mark)
        let lock = "\(directory)/data/postmaster.pid"
        // A task that is cancelled leaves no server half started either.
        let hasAnswered = try? await waitUntil(within: .seconds(60)) {
            !guardian.isRunning || Self.isReady(lock: lock, mark: mark)
        }
        guard hasAnswered == true, guardian.isRunning, let postmaster = Self.lines(mark).first.flatMap({ pid_t($0) })
        else {
            let text = log()
            if let postmaster = Self.lines(mark).first.flatMap({ pid_t($0) }) { signalProcess(postmaster, SIGKILL) }
            throw PostgresClusterError("the server did not start", log: text)
        }
        server = (guardian, postmaster)
    }

    /// Ends the server, and waits until it has ended.
    ///
    /// - Throws: ``PostgresClusterError`` if it does not run, or does not end within a minute; it is killed then.
    public func stop(_ mode: StopMode = .fast) async throws {
        guard let (guardian, postmaster) = server else { throw PostgresClusterError("the server does not run") }
        signalProcess(postmaster, mode == .fast ? SIGINT : SIGQUIT)
        guard try await guardian.status(within: .seconds(60)) != nil else {
            let text = log()
            try await kill9()
            throw PostgresClusterError("the server did not end within a minute, and was killed", log: text)
        }
        server = nil
    }

    /// Kills the server and all its sessions with SIGKILL, and waits until they are gone.
    ///
    /// - Throws: ``PostgresClusterError`` if it does not run, or some process of it is not gone within a minute.
    public func kill9() async throws {
        guard let (guardian, postmaster) = server else { throw PostgresClusterError("the server does not run") }
        // One that is stopped starts no sessions that would be overlooked.
        signalProcess(postmaster, SIGSTOP)
        _ = try await waitUntil(within: .seconds(5)) { try ProcessTable().isStopped(postmaster) }
        let sessions = try ProcessTable().children(of: postmaster)
        for process in sessions + [postmaster] { signalProcess(process, SIGKILL) }
        let areGone = try await waitUntil(within: .seconds(60)) {
            let table = try ProcessTable()
            return !guardian.isRunning && !sessions.contains { table.isAlive($0) }
        }
        guard areGone else { throw PostgresClusterError("the server outlived SIGKILL", log: log()) }
        server = nil
    }

    /// Ends the server if it runs, and removes its data; nothing can be done with it afterwards.
    ///
    /// - Throws: ``PostgresClusterError`` if that is not done within a minute.
    public func remove() async throws {
        server = nil
        guard try await keeper.remove(within: .seconds(60)) else {
            throw PostgresClusterError("\(directory) is still there", log: log())
        }
    }

    /// The process number of the server's first process; nil when the server does not run.
    public var postmaster: Int32? { server?.postmaster }

    // MARK: - Use

    /// Where clients find the database `postgres`, through the socket.
    public nonisolated var url: String { url(database: "postgres") }

    /// Where clients find a database, through the socket.
    public nonisolated func url(database: String) -> String {
        "postgresql://\(credentials)@/\(encoded(database))?host=\(directory)&port=\(port)"
    }

    /// Where clients find a database over TCP, if the server was started for it.
    ///
    /// - Parameters:
    ///   - database: The database's name.
    ///   - port: The port of a proxy that stands before the server; nil for the server's own.
    public nonisolated func tcpURL(database: String = "postgres", port: Int? = nil) -> String {
        "postgresql://\(credentials)@127.0.0.1:\(port ?? self.port)/\(encoded(database))"
    }

    /// Makes an empty database, and returns its URL through the socket.
    @discardableResult
    public nonisolated func createDatabase(named name: String) async throws -> String {
        try await psql("CREATE DATABASE \"\(name.replacingOccurrences(of: "\"", with: "\"\""))\"")
        return url(database: name)
    }

    /// Runs SQL with PostgreSQL's own client, in one transaction, and returns its rows: one a line, values parted by `|`.
    ///
    /// - Throws: ``PostgresClusterError`` if a statement fails, or if it takes longer than a minute.
    @discardableResult
    public nonisolated func psql(_ sql: String, database: String = "postgres") async throws -> String {
        try await psql(sql, at: url(database: database))
    }

    /// Runs SQL with PostgreSQL's own client, as ``psql(_:database:)`` does, on the database that a URL leads to.
    @discardableResult
    public nonisolated func psql(_ sql: String, at url: String) async throws -> String {
        let (status, output, errors) = try await ChildProcess.run(
            [programs.path("psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], within: .seconds(60))
        guard status == 0 else {
            throw PostgresClusterError("psql ended with \(status) after \(sql): \(errors)", log: log())
        }
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }

    /// The end of what the server has logged.
    public nonisolated func log() -> String {
        let text = (try? Data(contentsOf: URL(fileURLWithPath: "\(directory)/log"))) ?? Data()
        return String(decoding: text.suffix(16_384), as: UTF8.self)
    }

    // MARK: - Parts

    private func makeData() async throws {
        var command = [programs.path("initdb"), "-D", "\(directory)/data", "-U", user]
        // Nobody needs these files after the system has crashed; what the server writes later, it does sync.
        command += ["--encoding=UTF8", "--locale=C", "--no-sync"]
        let passwordFile = "\(directory)/password"
        if let password {
            // Others cannot enter the directory, and the server's user may not be ours.
            let isWritten = FileManager.default.createFile(
                atPath: passwordFile, contents: Data(password.utf8), attributes: [.posixPermissions: 0o644])
            guard isWritten else { throw PostgresClusterError("cannot write \(passwordFile)") }
            command += ["--auth=scram-sha-256", "--pwfile=\(passwordFile)"]
        } else {
            command += ["--auth=trust"]
        }
        let status = try await keeper.start(command, mark: "\(directory)/running.initdb").status(within: .seconds(60))
        guard status == 0 else {
            throw PostgresClusterError("initdb ended with \(status.map(String.init) ?? "nothing")", log: log())
        }
        if password != nil { try FileManager.default.removeItem(atPath: passwordFile) }
    }

    /// Before it recovers from a crash, a server syncs all its files, one by one: seconds, where one call does as well.
    private func recoverySettings() -> [String: String] {
        #if os(Linux)
            let known = (try? String(contentsOfFile: "\(directory)/data/postgresql.conf", encoding: .utf8)) ?? ""
            // From version 14 on.
            return known.contains("recovery_init_sync_method") ? ["recovery_init_sync_method": "syncfs"] : [:]
        #else
            return [:]
        #endif
    }

    private nonisolated var credentials: String {
        password.map { "\(user):\(encoded($0))" } ?? user
    }

    private nonisolated func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    /// Whether the lock file is of the process in the mark, not of one that was killed before, and says it is ready.
    private static func isReady(lock: String, mark: String) -> Bool {
        let (lines, own) = (lines(lock), lines(mark).first)
        return lines.count > 7 && own != nil && lines[0] == own && lines[7].hasPrefix("ready")
    }

    private static func lines(_ path: String) -> [Substring] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func freePort() throws -> Int {
        #if os(Linux)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let socket = socket(AF_INET, stream, 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isBound else { throw PostgresClusterError("no free TCP port: error \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
