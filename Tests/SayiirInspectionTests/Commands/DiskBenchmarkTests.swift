import Foundation
import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct DiskBenchmarkTests {
    /// A short measurement on a clock that goes on by 100 µs at each look, and by a millisecond at each hundredth.
    private func benchmark() -> DiskBenchmark {
        var benchmark = DiskBenchmark()
        benchmark.duration = .seconds(1)
        benchmark.byteCount = 5 << 19
        benchmark.token = 7
        var (now, looks): (Int64, Int) = (0, 0)
        benchmark.clock = {
            looks += 1
            now += looks % 100 == 0 ? 1_000_000 : 100_000
            return now
        }
        return benchmark
    }

    private func disk() throws -> InMemoryFileSystem {
        let disk = InMemoryFileSystem()
        try disk.setBytes([1], of: "log/notes.txt")
        return disk
    }

    @Test("the figures are those of the clock, and the file is gone afterwards")
    func figures() throws {
        let disk = try disk()
        let run = Run(benchmark(), on: disk, style: Style(width: 80))
        #expect(
            run.output == """
                A commit in log takes 100µs.
                  commits     9,181 of 4 KiB, each synced: 9,181 a second
                  latency     100µs median, 100µs p99, 1.0ms at worst
                  write       24.4 GiB a second, 2.5 MiB with one sync at the end
                  read        24.4 GiB a second, perhaps from the system's memory

                A flow whose steps follow each other needs a commit for each, so it makes 9,181
                steps a second at most; many flows at once share their commits.

                """)
        #expect(run.status == .clean)
        #expect(try disk.entries(ofDirectory: "log") == ["notes.txt"])
        let json = try #require(object(Run(benchmark(), on: disk, style: Style(isJSON: true)).output))
        #expect(
            Set(json.keys) == [
                "directory", "commits", "duration_seconds", "commits_per_second", "p50_seconds", "p99_seconds",
                "worst_seconds", "file_bytes", "write_bytes_per_second", "read_bytes_per_second",
            ])
        #expect(json["p50_seconds"] as? Double == 0.0001)
    }

    @Test("in a log's directory nothing is written, and a missing one is not made")
    func refused() async throws {
        let log = try await sampleDisk()
        let before = try log.entries(ofDirectory: "log").sorted()
        let run = Run(benchmark(), on: log)
        #expect(run.status == .failure)
        #expect(run.complaints.first?.hasPrefix("'log' holds a log, in which nothing is written.") == true)
        #expect(try log.entries(ofDirectory: "log").sorted() == before)
        let missing = Run(benchmark(), on: InMemoryFileSystem())
        #expect(missing.status == .failure)
        #expect(missing.complaints.first?.hasSuffix("Give a directory in which files may be written.") == true)
    }

    @Test("a disk that fails ends it with an error, and without the file")
    func failing() throws {
        let disk = try disk()
        disk.inject(Fault(.synchronize, .nth(3), .fail(EIO)))
        let run = Run(benchmark(), on: disk)
        #expect(run.status == .failure)
        #expect(run.complaints.count == 1)
        #expect(try disk.entries(ofDirectory: "log") == ["notes.txt"])
    }

    @Test("rates and percentiles take any numbers")
    func extremes() {
        #expect(DiskFigures.perSecond(10, in: .zero) == 0)
        #expect(DiskFigures.perSecond(10, in: .seconds(2)) == 5)
        #expect(DiskFigures.perSecond(.max, in: .nanoseconds(1)) == .max)
        #expect(DiskFigures.perSecond(1, in: .seconds(-1)) == 0)
        let none = DiskFigures(
            directory: "d", latencies: [], elapsed: .zero, byteCount: 0, writing: .zero, reading: .zero)
        #expect(none.percentile(500) == .zero)
        var some = none
        some.latencies = [1, 2, 3, 4]
        #expect(some.percentile(500) == .nanoseconds(2))
        #expect(some.percentile(990) == .nanoseconds(4))
        #expect(some.percentile(1000) == .nanoseconds(4))
    }
}
