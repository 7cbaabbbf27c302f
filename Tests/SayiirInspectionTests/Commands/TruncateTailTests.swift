import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct TruncateTailTests {
    private static let segment = "log/00000001-00000000000000000001.seg"

    private struct Outcome {
        var lines: [String]
        var complaints: [String]
        var status: SayiirInspection.ExitStatus
    }

    private func run(
        on disk: InMemoryFileSystem, confirmed: Bool, style: Style = Style()
    ) async -> Outcome {
        var output: [UInt8] = []
        var complaints: [String] = []
        let console = Console(output: Output { output += $0 }, style: style) { complaints.append($0) }
        let status = await TailTruncation(isConfirmed: confirmed).perform(
            on: LogSource(directory: "log", fileSystem: disk), console)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        return Outcome(lines: lines, complaints: complaints, status: status)
    }

    /// The sample with `damage` done to its segment; `damage` gets the offset behind the last frame.
    private func disk(_ damage: (inout [UInt8], Int) -> Void = { _, _ in }) async throws -> InMemoryFileSystem {
        let disk = try await sampleDisk()
        let end = try LogReader(directory: "log", fileSystem: disk).verify().offset
        var bytes = try disk.bytes(of: Self.segment)
        damage(&bytes, end)
        try disk.setBytes(bytes, of: Self.segment)
        return disk
    }

    private static func makeAmbiguous(_ bytes: inout [UInt8], _ end: Int) {
        bytes[end] = 1
        bytes[end + 79] = 1
    }

    private static func makeTorn(_ bytes: inout [UInt8], _ end: Int) { bytes[(end / 512 + 1) * 512] = 1 }

    private func content(_ disk: InMemoryFileSystem) throws -> [String: [UInt8]] {
        try disk.files.reduce(into: [:]) { $0[$1] = try disk.bytes(of: $1) }
    }

    @Test("without --confirm it is said what would be given up, nothing changes, and the status is the verdict's")
    func unconfirmed() async throws {
        for (damage, status) in [(Self.makeAmbiguous, SayiirInspection.ExitStatus.ambiguous), (Self.makeTorn, .torn)] {
            let disk = try await disk(damage)
            let before = try content(disk)
            let outcome = await run(on: disk, confirmed: false)
            #expect(outcome.status == status && outcome.complaints.isEmpty)
            #expect(outcome.lines.contains { $0.hasPrefix("  to give up  ") && $0.contains(" byte") })
            #expect(outcome.lines.contains("  kept        all records to sequence 48"))
            #expect(outcome.lines.last?.contains("--confirm") == true)
            #expect(try content(disk) == before)
        }
    }

    @Test("with --confirm the end is copied to the quarantine and taken off, and the log is clean then")
    func confirmed() async throws {
        for (damage, verdict) in [(Self.makeAmbiguous, "ambiguous"), (Self.makeTorn, "torn")] {
            let disk = try await disk(damage)
            let end = try LogReader(directory: "log", fileSystem: disk).verify()
            let damaged = try disk.bytes(of: Self.segment)[end.offset..<end.offset + end.damagedBytes]
            let outcome = await run(on: disk, confirmed: true)
            #expect(outcome.status == .clean)
            #expect(outcome.lines[0] == "log was \(verdict) and is clean now.")
            #expect(outcome.lines.contains("  given up    \(counted(end.damagedBytes, "byte"))"))
            let path = try #require(disk.files.first { $0.hasPrefix("log/quarantine/") })
            #expect(outcome.lines.last == "  quarantine  \(path)")
            #expect(try disk.bytes(of: path)[...] == damaged)
            let after = try LogReader(directory: "log", fileSystem: disk).verify()
            #expect(after.verdict == .clean && after.lastSequence == 48)
            #expect(try LogReader(directory: "log", fileSystem: disk).writer() == nil)
        }
    }

    @Test("a clean log has nothing to do, a corrupt one is refused with what can be saved, confirmed or not")
    func others() async throws {
        for isConfirmed in [false, true] {
            let clean = try await disk()
            let before = try content(clean)
            let nothing = await run(on: clean, confirmed: isConfirmed)
            #expect(nothing.lines == ["log is clean.", "  next        There is nothing to do."])
            #expect(nothing.status == .clean)
            #expect(try content(clean) == before)
            let corrupt = try await disk { bytes, _ in bytes[5300] ^= 1 }
            let damaged = try content(corrupt)
            let refused = await run(on: corrupt, confirmed: isConfirmed)
            #expect(refused.status == .corrupt)
            #expect(refused.lines.last?.contains("Refused: something acknowledged is damaged.") == true)
            #expect(refused.lines.last?.contains("salvage") == true)
            #expect(try content(corrupt) == damaged)
        }
    }

    @Test("a log that somebody writes is refused by the writer's name, and a missing one is not created")
    func lockedAndMissing() async throws {
        let disk = try await disk(Self.makeAmbiguous)
        let lock = try disk.open("log/LOCK", as: .readWrite)
        #expect(try lock.tryLock())
        let outcome = await run(on: disk, confirmed: true)
        #expect(outcome.status == .failure)
        #expect(outcome.complaints.first?.contains("already open for writing") == true)
        _ = lock
        let empty = InMemoryFileSystem()
        let missing = await run(on: empty, confirmed: true)
        #expect(missing.status == .failure && empty.files.isEmpty)
        let other = InMemoryFileSystem()
        try other.createDirectory(at: "log")
        #expect(await run(on: other, confirmed: true).status == .failure)
        #expect(other.files.isEmpty)
    }

    @Test("the members of the JSON are those that are documented")
    func shape() async throws {
        let disk = try await disk(Self.makeAmbiguous)
        let common: Set = [
            "directory", "verdict", "rule", "log", "segments", "frames", "records", "record_bytes", "last_sequence",
            "durable_sequence", "head", "done", "exit_status", "explanation", "file", "offset", "damaged_bytes",
            "expected",
            "found",
        ]
        let before = try #require(object(await run(on: disk, confirmed: false, style: Style(isJSON: true)).lines[0]))
        #expect(Set(before.keys) == common.union(["advice"]))
        #expect(before["done"] as? Bool == false && before["exit_status"] as? Int == 4)
        let after = try #require(object(await run(on: disk, confirmed: true, style: Style(isJSON: true)).lines[0]))
        #expect(Set(after.keys) == common.union(["quarantine"]))
        #expect(after["done"] as? Bool == true && after["exit_status"] as? Int == 0)
        #expect(after["verdict"] as? String == "ambiguous")
    }
}
