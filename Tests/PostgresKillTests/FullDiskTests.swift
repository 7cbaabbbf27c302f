import Foundation
import PostgresCluster
import Sayiir
import SayiirPostgres
import SayiirTesting
import TestSupport
import Testing

#if os(Linux)
    @Suite("A PostgreSQL server whose disk becomes full")
    struct FullDiskTests {
        /// Mounts a small file system in a namespace of the server's own: it goes with the server.
        private static let launcher = [
            "unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c",
            "mkdir -p small && mount -t tmpfs -o size=24m,mode=700 tmpfs small && echo mounted >small/mark && rm small/mark"
                + " && exec \"$@\"", "sh",
        ]

        @Test("refuses what has no room with an error that says so, loses nothing, and all goes on once there is room")
        func fullDisk() async throws {
            guard let cluster = try await startCluster() else { return }
            let options = options()
            let backend = try await PostgresBackend.connect(to: cluster.url(database: "jobs"), options: options)
            let logged = LogLines()
            var engineOptions = EngineOptions()
            engineOptions.logger = logged.logger
            let engine = Engine(backend: backend, options: engineOptions)
            let workflow = try Flow("sizes", input: String.self).then("count") { $0.utf8.count }
                .delay("wait", .milliseconds(400)).then("next") { $0 + 1 }.build()
            try engine.register(workflow)
            let service = Task { try await engine.run() }
            let acknowledged = try await submitUntilFull(workflow, engine.client)
            // Work fails for want of room, too, and the service does not end by that.
            try await Task.sleep(for: .seconds(1.5))
            try await cluster.psql("DROP TABLE filler", database: "jobs")
            try await cluster.psql("CHECKPOINT", database: "jobs")
            try await engine.client.submit(workflow, id: "last", input: "x")
            for id in acknowledged + ["last"] {
                let end = try await engine.client.waitForCompletion(of: id, as: workflow)
                #expect(end.output == (id == "last" ? 2 : Self.length + 1))
                #expect(try await engine.client.state(of: id).anomalies == [])
            }
            #expect(Set(try await engine.client.instances().map(\.id)) == Set(acknowledged + ["last"]))
            service.cancel()
            try? await service.value
            backend.close()
            try await cluster.remove()
        }

        private static let length = 60_000

        private func options() -> PostgresOptions {
            var options = PostgresOptions()
            options.leaseDuration = .seconds(2)
            options.pollInterval = .milliseconds(200)
            return options
        }

        /// A server with a database `jobs` on the small file system, a part of which a table takes; nil if that is not allowed here.
        private func startCluster() async throws -> PostgresCluster? {
            let cluster: PostgresCluster
            do {
                cluster = try await PostgresCluster.start(under: Self.launcher)
            } catch let error as PostgresClusterError
                where error.log.contains("unshare: ") || error.log.contains("mount: ")
            {
                print("no file system of its own is allowed here: a full disk of PostgreSQL's is not tried")
                return nil
            }
            try await cluster.psql("CREATE TABLESPACE small LOCATION '\(cluster.directory)/small'")
            try await cluster.psql("CREATE DATABASE jobs TABLESPACE small")
            try await cluster.psql(
                "CREATE TABLE filler AS SELECT i, md5(i::text) FROM generate_series(1, 100000) AS t(i)",
                database: "jobs")
            return cluster
        }

        /// Submits instances until one is refused, and returns the others.
        private func submitUntilFull(
            _ workflow: Workflow<String, Int>, _ client: WorkflowClient
        ) async throws -> [InstanceID] {
            var generator = SplitMix64(seed: 1)
            var acknowledged: [InstanceID] = []
            while acknowledged.count < 1000 {
                // Too random to compress.
                let input = (0..<Self.length / 16).map { _ in
                    String(UInt64.random(in: 1 << 60 ... .max, using: &generator), radix: 16)
                }.joined()
                do throws(WorkflowError) {
                    let id = InstanceID("i\(acknowledged.count)")
                    try await client.submit(workflow, id: id, input: input)
                    acknowledged.append(id)
                } catch {
                    guard case .backend(.store(let cause as PostgresError)) = error else { throw error }
                    #expect(cause.kind == .outOfSpace && cause.sqlState == "53100" && cause.isPassing)
                    #expect(acknowledged.count > 20)
                    return acknowledged
                }
            }
            throw TestFailure("the disk does not become full")
        }
    }
#endif
