import Foundation
import PostgresCluster
import Testing

@Suite("A PostgreSQL server for tests", .timeLimit(.minutes(5)))
struct PostgresClusterTests {
    @Test("answers, in UTF-8, and is as durable as one in production")
    func answers() async throws {
        let cluster = try await PostgresCluster.shared
        let answer = try await cluster.psql(
            """
            SELECT 6 * 7, current_setting('server_encoding'), current_setting('fsync'), \
            current_setting('synchronous_commit'), current_setting('full_page_writes')
            """)
        #expect(answer == "42|UTF8|on|on|on")
    }

    @Test("is one for all who ask for the shared one at the same time")
    func sharing() async throws {
        let directories = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await PostgresCluster.shared.directory } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(directories.count == 1)
    }

    @Test("makes databases, whatever their names, that know nothing of each other")
    func databases() async throws {
        let cluster = try await PostgresCluster.shared
        for name in ["plain", "with \"quotes\", spaces & ü?"] {
            let url = try await cluster.createDatabase(named: name)
            #expect(try await cluster.psql("CREATE TABLE t (x int); SELECT current_database()", at: url) == name)
        }
    }

    @Test("says what the server or its client complained of")
    func failures() async throws {
        let cluster = try await PostgresCluster.shared
        let ofClient = await #expect(throws: PostgresClusterError.self) { try await cluster.psql("SELECT nonsense") }
        #expect(ofClient?.message.contains("column \"nonsense\" does not exist") == true)
        #expect(ofClient?.log.contains("STATEMENT:  SELECT nonsense") == true)
        let ofServer = await #expect(throws: PostgresClusterError.self) {
            try await PostgresCluster.start(settings: ["wal_level": "nonsense"])
        }
        #expect(ofServer?.log.contains("invalid value for parameter \"wal_level\": \"nonsense\"") == true)
    }

    @Test("has its committed data after an immediate stop, after an orderly one, and after SIGKILL")
    func survival() async throws {
        let cluster = try await PostgresCluster.start()
        try await cluster.psql("CREATE TABLE kept (x int)")
        let endings: [(Int, @Sendable () async throws -> Void)] = [
            (1, { try await cluster.stop(.immediate) }), (2, { try await cluster.stop(.fast) }),
            (3, { try await cluster.kill9() }),
        ]
        for (number, end) in endings {
            try await cluster.psql("INSERT INTO kept VALUES (\(number))")
            let before = try #require(await cluster.postmaster)
            // A session that is at work when the server ends.
            let session = Task { try await cluster.psql("SELECT pg_sleep(60)") }
            try await waitForSession(in: cluster)
            try await end()
            #expect(kill(before, 0) != 0 && errno == ESRCH)
            await #expect(throws: PostgresClusterError.self) { try await session.value }
            try await cluster.startAgain()
            let rows = try await cluster.psql("SELECT x FROM kept ORDER BY x")
            #expect(rows == (1...number).map(String.init).joined(separator: "\n"))
        }
        try await cluster.remove()
        #expect(!FileManager.default.fileExists(atPath: cluster.directory))
    }

    private func waitForSession(in cluster: PostgresCluster) async throws {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        for _ in 0..<200 {
            if try await cluster.psql(sql) == "1" { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("no session is at work")
    }

    @Test("listens on TCP when asked to, lets in who has the password only, and keeps its port")
    func passwords() async throws {
        let cluster = try await PostgresCluster.start(overTCP: true, password: "p@ss:w/rd")
        #expect(try await cluster.psql("SELECT inet_server_port()", at: cluster.tcpURL()) == "\(cluster.port)")
        #expect(try await cluster.psql("SELECT inet_server_port() IS NULL") == "t")
        let stranger = "postgresql://sayiir:guess@127.0.0.1:\(cluster.port)/postgres"
        let refused = await #expect(throws: PostgresClusterError.self) { try await cluster.psql("", at: stranger) }
        #expect(refused?.message.contains("password authentication failed") == true)
        try await cluster.stop()
        try await cluster.startAgain()
        #expect(try await cluster.psql("SELECT 1", at: cluster.tcpURL()) == "1")
    }

    @Test("does not disturb another one, nor when it ends")
    func two() async throws {
        async let starting = (PostgresCluster.start(), PostgresCluster.start())
        let (one, other) = try await starting
        try await one.psql("CREATE TABLE t AS SELECT 'one' AS x")
        try await other.psql("CREATE TABLE t AS SELECT 'other' AS x")
        #expect(try await one.psql("SELECT x FROM t") == "one")
        try await one.kill9()
        try await one.remove()
        #expect(try await other.psql("SELECT x FROM t") == "other")
    }

    @Test("is gone when its owner is killed with SIGKILL, running or stopped, and so is its directory")
    func killedOwner() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            async let starting = (PostgresCluster.start(), PostgresCluster.start())
            let (running, stopped) = try await starting
            try await stopped.stop()
            let postmaster = try #require(await running.postmaster)
            let line = "owned \(running.directory) \(stopped.directory) \(postmaster)\n"
            try FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
            kill(getpid(), SIGKILL)
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("owned ") })
        let words = line.split(separator: " ").map(String.init)
        let postmaster = try #require(pid_t(words[3]))
        #expect(try await areGone(postmaster, Array(words[1...2])), "\(line)")
    }

    @Test("is gone when nobody holds it any more, and so is its directory")
    func release() async throws {
        var cluster: PostgresCluster? = try await PostgresCluster.start()
        let directory = try #require(cluster?.directory)
        let postmaster = try #require(await cluster?.postmaster)
        cluster = nil
        #expect(try await areGone(postmaster, [directory]))
    }

    /// Waits until there is no such process and no such directory; false after twenty seconds.
    private func areGone(_ process: pid_t, _ directories: [String]) async throws -> Bool {
        for _ in 0..<1000 {
            let isRunning = kill(process, 0) == 0
            if !isRunning && !directories.contains(where: FileManager.default.fileExists) { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
