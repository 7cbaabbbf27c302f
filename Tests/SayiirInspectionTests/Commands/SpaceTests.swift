import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct SpaceTests {
    /// Takes away what depends on who wrote the log, and how fast.
    private static func settle(_ disk: InMemoryFileSystem) throws {
        try disk.setBytes(Array("process 1".utf8), of: "log/LOCK")
        if try disk.entries(ofDirectory: "log").contains("next.tmp") { try disk.remove("log/next.tmp") }
    }

    @Test("the sample's bytes are told by file, type and instance")
    func sample() async throws {
        let disk = try await sampleDisk()
        try Self.settle(disk)
        #expect(
            Run(SpaceInspection(), on: disk).output == """
                log takes 64.1 KiB.

                FILES              COUNT      BYTES
                unsealed segments      1   64.0 KiB  54.4 KiB of it not written yet
                lock, removals         2  127 bytes

                48 records of 3.0 KiB take 4.9 KiB in frames: 164.1% of what they hold.

                TYPE                  RECORDS      BYTES  SHARE
                task_started               13  732 bytes  23.5%
                submitted                   6  612 bytes  19.7%
                task_checkpointed           8  592 bytes  19.0%
                task_failed                 2  182 bytes   5.8%
                retry_scheduled             2  110 bytes   3.5%
                failed                      1   82 bytes   2.6%
                map_element_finished        2   82 bytes   2.6%
                cancelled                   1   76 bytes   2.4%
                signal_awaited              1   68 bytes   2.1%
                cancel_requested            1   61 bytes   1.9%
                signal_received             1   54 bytes   1.7%
                forked                      1   53 bytes   1.7%
                task_timed_out              1   51 bytes   1.6%
                delay_started               1   50 bytes   1.6%
                pause_requested             1   47 bytes   1.5%
                paused                      1   47 bytes   1.5%
                branch_finished             1   46 bytes   1.4%
                completed                   1   44 bytes   1.4%
                map_started                 1   42 bytes   1.3%
                map_finished                1   40 bytes   1.2%
                unpaused                    1   34 bytes   1.0%

                LARGEST OF 6 INSTANCES  RECORDS      BYTES  SHARE
                order-42                     12  877 bytes  28.2%
                report-7                     12  660 bytes  21.2%
                order-44                     10  619 bytes  19.9%
                order-43                      7  478 bytes  15.3%
                user-9                        5  333 bytes  10.7%
                reminder-1                    2  138 bytes   4.4%

                The command 'retention' tells what a policy would free.

                """)
    }

    @Test("sealed segments with their indexes, snapshots and archives are told apart")
    func long() async throws {
        let log = try await LongLog.make()
        try log.disk.setBytes([1, 2, 3], of: "log/notes.txt")
        try Self.settle(log.disk)
        try log.removeOldest(archiving: true, leaving: 200_000)
        var space = SpaceInspection()
        space.count = 2
        let run = Run(space, on: log.disk, archives: ["archive"], style: Style(width: 80))
        #expect(
            run.output == """
                log takes 179.9 KiB.

                FILES              COUNT      BYTES
                unsealed segments      1   64.0 KiB  6.9 KiB of it not written yet
                sealed segments        2  102.8 KiB  4.5 KiB of it indexes
                snapshots              2    8.3 KiB
                lock, removals         3    4.6 KiB
                archives               3  154.5 KiB  not in the sum
                others                 1    3 bytes  not the log's, and not in the sum

                1,000 records of 309.5 KiB take 278.5 KiB in frames: 89.9% of what they hold.

                TYPE       RECORDS      BYTES  SHARE
                submitted      500  291.6 KiB  94.1%
                annotated      500   17.9 KiB   5.8%

                LARGEST OF 500 INSTANCES  RECORDS      BYTES  SHARE
                order-130                       2  642 bytes   0.2%
                order-369                       2  640 bytes   0.2%

                The command 'retention' tells what a policy would free.

                """)
        #expect(run.status == .clean)
    }

    @Test("the JSON's numbers add up")
    func json() async throws {
        let log = try await LongLog.make()
        let run = Run(SpaceInspection(), on: log.disk, style: Style(isJSON: true))
        let space = try #require(object(run.output))
        #expect(
            Set(space.keys) == [
                "directory", "total_bytes", "files", "unwritten_bytes", "index_bytes", "records", "record_bytes",
                "frame_bytes", "types", "instances", "largest",
            ])
        let files = try #require(space["files"] as? [[String: Any]])
        #expect(files.compactMap { $0["bytes"] as? Int }.reduce(0, +) == space["total_bytes"] as? Int)
        let types = try #require(space["types"] as? [[String: Any]])
        #expect(types.compactMap { $0["bytes"] as? Int }.reduce(0, +) == space["record_bytes"] as? Int)
        #expect(types.compactMap { $0["records"] as? Int }.reduce(0, +) == 1000)
        #expect(
            space["record_bytes"] as? UInt64
                == (try LogReader(directory: "log", fileSystem: log.disk).verify().recordBytes))
        #expect(space["instances"] as? Int == 500)
        let largest = try #require(space["largest"] as? [[String: Any]])
        #expect(largest.count == 10)
        #expect(largest.allSatisfy { Set($0.keys) == ["instance", "records", "bytes"] })
    }

    @Test("the largest keys are found, the same ones each time where many are equal")
    func largest() {
        var tallies = KeyTallies()
        for number in 0..<5000 { tallies.add("key-\(number)", number % 7) }
        for _ in 0..<3 { tallies.add("key-77", 100) }
        tallies.add("other", 200)
        #expect(tallies.count == 5001)
        #expect(tallies.largest(2) == [KeyTallies.hash(of: "key-77"), KeyTallies.hash(of: "other")])
        #expect(tallies.largest(0).isEmpty)
        #expect(tallies.largest(9999).count == 5001)
        // Of those that are equal, those with the least hashes.
        let sixes = (0..<5000).filter { $0 % 7 == 6 }.map { KeyTallies.hash(of: "key-\($0)") }.sorted()
        #expect(tallies.largest(12).subtracting(tallies.largest(2)) == Set(sixes.prefix(10)))
    }

    @Test("shares have one decimal, whatever the numbers")
    func percents() {
        #expect(percent(1, of: 3) == "33.3%")
        #expect(percent(3, of: 2) == "150.0%")
        #expect(percent(0, of: 0) == "0.0%")
        #expect(percent(.max, of: .max) == "100.0%")
        #expect(percent(.max / 2, of: .max) == "50.0%")
    }
}
