import Foundation
import PostgresCluster
import TestPrograms
import Testing

@Suite struct FleetTests {
    @Test("two workers share what is submitted, and one that is killed leaves its work to the other")
    func fleet() async throws {
        let url = try await PostgresCluster.shared.createDatabase(named: "fleet")
        let fleet = BuiltProgram("fleet")
        let workers = try (0..<2).map { _ in try RunningProgram(fleet, ["work", url]) }
        let submission = try RunningProgram(fleet, ["submit", url, "30"])
        let lines = await submission.end()
        #expect(submission.succeeded)
        #expect(lines.map { $0.prefix { $0 != "," } } == (0..<30).map { "small picture \($0)" })
        workers[0].signal(SIGKILL)
        let more = try RunningProgram(fleet, ["submit", url, "3"])
        let rest = await more.end()
        #expect(rest.count == 3 && more.succeeded)
        workers[1].signal(SIGTERM)
        _ = await workers[1].end()
        #expect(workers[1].succeeded)
    }

    @Test("what cannot be done is told")
    func errors() throws {
        let fleet = try Example("fleet")
        let nowhere = try fleet.run("work", "postgresql://localhost:1/none")
        #expect(nowhere.status == 1)
        #expect(nowhere.errors.hasPrefix("fleet: No PostgreSQL server answers ("))
        let usage = "fleet: usage: fleet work URL | fleet submit URL COUNT\n"
        #expect(try fleet.run() == .init(status: 1, output: "", errors: usage))
    }
}
