import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

@Suite struct ExplainTests {
    private static let segment = "log/00000001-00000000000000000001.seg"
    private let json = Style(isJSON: true)

    @Test("a sound frame is shown with its bytes, fields, checks and records")
    func soundFrame() async throws {
        let run = try await Run(onSample: ExplainInspection(offset: 5300), style: Style())
        #expect(run.status == .clean && run.complaints.isEmpty)
        #expect(run.lines[0] == "\(Self.segment), offset 5,300 (0x14b4)")
        for part in [
            "the records frame at 5,248 to ", ", in its chain digest", "    00005248  53 59 46 31 ",
            "  5248  magic               0x31465953", "SYF1", "plain, alone",
            "    1  passed       magic and header checksum",
            "    4  passed       records and chain digest", "kind 1, ",
        ] {
            #expect(run.output.contains(part), "\(part)")
        }
        #expect(!run.output.contains("damage") && !run.output.contains("flipped"))
    }

    @Test("the header block is shown by its fields, and free space by where it begins")
    func otherPlaces() async throws {
        let header = try await Run(onSample: ExplainInspection(offset: 60))
        #expect(header.output.contains("the segment's header block, in its segment size"))
        #expect(header.output.contains("0x0000000000010000"))
        let free = try await Run(onSample: ExplainInspection(offset: 65_535))
        #expect(free.lines.count == 2)
        #expect(free.output.contains("behind all frames: never written from "))
        for run in [header, free] { #expect(run.status == .clean) }
    }

    @Test(
        "a flipped bit is named, with the rule that fires and the records as they were", arguments: [5250, 5300, 5340])
    func flippedBit(offset: Int) async throws {
        let disk = try await sampleDisk()
        let found = try disk.bytes(of: Self.segment)[offset] ^ 4
        try disk.flipBit(2, ofByteAt: offset, in: Self.segment)
        let run = Run(ExplainInspection(offset: offset), on: disk)
        #expect(run.status == .corrupt)
        let bytes = "is 0x\(hexadecimal([found])), was 0x\(hexadecimal([found ^ 4]))"
        for part in [
            "the valid frames end at 5,248", "6 of the opening rule, corrupt: a later frame says",
            "one bit explains it: bit 2 of the byte at \(offset / 1000),\(offset % 1000), which \(bytes)", "failed",
            "records, with the bit turned back", "order-42",
        ] {
            #expect(run.output.contains(part), "\(part)")
        }
        let shape = try #require(object(Run(ExplainInspection(offset: offset), on: disk, style: json).output))
        let bit = try #require(shape["flipped_bit"] as? [String: Int])
        #expect(bit == ["offset": offset, "bit": 2, "expected": Int(found ^ 4), "found": Int(found)])
        #expect(shape["rule"] as? Int == 6 && shape["exit_status"] as? Int == 3)
    }

    @Test("damage that no single bit explains is said to be so, and what stands before it is sound")
    func ruined() async throws {
        let disk = try await sampleDisk()
        for byte in [5340, 5350] { try disk.flipBit(0, ofByteAt: byte, in: Self.segment) }
        let run = Run(ExplainInspection(offset: 5345), on: disk)
        #expect(run.status == .corrupt)
        #expect(run.output.contains("no single bit explains this"))
        #expect(!run.output.contains("records,"))
        #expect(Run(ExplainInspection(offset: 5000), on: disk).status == .clean)
    }

    @Test("bytes that are, or may be, sensitive are left out unless asked for")
    func sensitive() async throws {
        let disk = try await sampleDisk()
        var place: Int?
        _ = try LogReader(directory: "log", fileSystem: disk).verify { frame in
            if frame.records.contains(where: { String(decoding: $0.payload, as: UTF8.self).contains("s3cret") }) {
                place = frame.offset
            }
        }
        let offset = try #require(place)
        let secret = "s3cret".utf8.map { hexadecimal([$0]) }
        func isShown(_ style: Style) -> Bool {
            var explain = ExplainInspection(offset: offset)
            explain.segment = 1
            let output = Run(explain, on: disk, style: style).output
            return output.contains(secret.joined()) || output.contains(secret.joined(separator: " "))
                || output.contains("body, as stored\n    00")
        }
        #expect(!isShown(Style()) && !isShown(json))
        #expect(isShown(Style(revealsSensitive: true)))
        // With the frame ruined nobody can tell what its bytes are.
        for byte in [85, 86] { try disk.flipBit(0, ofByteAt: offset + byte, in: Self.segment) }
        #expect(!isShown(Style()) && !isShown(json))
        // Nor where no frame seems to begin.
        for byte in 0..<8 { try disk.flipBit(0, ofByteAt: offset + byte, in: Self.segment) }
        let shape = try #require(object(Run(ExplainInspection(offset: offset), on: disk, style: json).output))
        #expect(shape["fields"] == nil && shape["header"] == nil && shape["body"] == nil)
    }

    @Test("the members of the JSON are those that are documented")
    func shape() async throws {
        let object = try #require(object(try await Run(onSample: ExplainInspection(offset: 5300), style: json).output))
        #expect(
            Set(object.keys) == [
                "file", "segment", "offset", "file_bytes", "place", "start", "end", "field", "damaged", "header",
                "fields",
                "body", "checks", "records", "exit_status",
            ])
        let field = try #require((object["fields"] as? [[String: Any]])?.first)
        #expect(Set(field.keys) == ["name", "offset", "bytes", "value", "meaning"])
        let record = try #require((object["records"] as? [[String: Any]])?.first)
        #expect(Set(record.keys) == ["sequence", "key", "time", "kind", "type", "size"])
        let checks = try #require(object["checks"] as? [[String: Any]])
        #expect(checks.map { $0["outcome"] as? String } == ["passed", "passed", "passed", "passed"])
    }

    @Test("an offset behind the file's end, a segment that is not there, and a log without one are errors")
    func failures() async throws {
        let behind = try await Run(onSample: ExplainInspection(offset: 65_536))
        #expect(behind.status == .failure)
        #expect(behind.complaints == ["offset 65536 lies behind the end of \(Self.segment), which has 65,536 bytes."])
        var other = ExplainInspection(offset: 1)
        other.segment = 4
        let missing = try await Run(onSample: other)
        #expect(missing.complaints == ["there is no segment 4 in 'log'. Its segments are 1 to 1."])
        let fresh = InMemoryFileSystem()
        try fresh.setBytes([1], of: "log/LOCK")
        #expect(Run(ExplainInspection(offset: 1), on: fresh).complaints == ["'log' has no segment yet."])
        let disk = try await sampleDisk()
        for byte in [33, 34] { try disk.flipBit(0, ofByteAt: byte, in: Self.segment) }
        let ruined = Run(ExplainInspection(offset: 5000), on: disk)
        #expect(ruined.status == .corrupt && ruined.complaints.first?.contains("more than one bit") == true)
        let block = Run(ExplainInspection(offset: 0), on: disk)
        #expect(block.status == .corrupt && block.output.contains("1 of the opening rule"))
    }

    @Test("an offset is decimal, or hexadecimal behind 0x, and nothing else")
    func offsets() {
        #expect(parseOffset("5248") == 5248 && parseOffset("0x1480") == 5248 && parseOffset("0xfF") == 255)
        for text in ["", "-1", "+1", "0x", "0x-1", "0x+1", "1480h", "5,248", "99999999999999999999"] {
            #expect(parseOffset(text) == nil, "\(text)")
        }
    }
}
