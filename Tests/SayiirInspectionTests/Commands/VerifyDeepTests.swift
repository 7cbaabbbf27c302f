import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct VerifyDeepTests {
    private var deep: VerifyInspection {
        var verify = VerifyInspection()
        verify.isDeep = true
        return verify
    }

    /// The sample with further records of one kind, each in a commit.
    private func disk(adding payloads: [[UInt8]], kind: RecordKind = .event) async throws -> InMemoryFileSystem {
        let disk = try await sampleDisk()
        let log = try await LogWriter.open(directory: "log", fileSystem: disk)
        for payload in payloads {
            var batch = RecordBatch()
            try batch.append(kind: kind, key: "order\u{1B}-42", timestamp: 1, payload: payload)
            try await log.append(batch)
        }
        try await log.close()
        return disk
    }

    @Test(
        "every record that cannot be decoded is listed with sequence, instance, file and offset, and the log is corrupt"
    )
    func undecodable() async throws {
        let disk = try await disk(adding: Array(repeating: [0xFF, 1, 2], count: 25))
        let run = Run(deep, on: disk)
        #expect(run.status == .corrupt && run.complaints.isEmpty)
        let listed = run.lines.filter {
            $0.contains(
                #/^    record \d+ of 'order\\u001b-42', frame at offset \d+ of log/00000001-0{19}1\.seg: cannot decode an event: /#
            )
        }
        #expect(listed.count == 25)
        #expect(run.lines.contains("  unreadable  25 records"))
        let shape = try #require(object(Run(deep, on: disk, style: Style(isJSON: true)).output))
        let list = try #require(shape["undecodable"] as? [[String: Any]])
        #expect(list.map { $0["sequence"] as? Int } == Array(49...73))
        #expect(Set(list[0].keys) == ["sequence", "key", "segment", "offset", "error"])
        #expect(shape["exit_status"] as? Int == 3 && shape["unreadable"] as? Int == 25)
    }

    @Test("events and records of kinds that only newer versions know are counted, and are no errors")
    func unknown() async throws {
        // Field 900 of the event, a message of two bytes.
        let event: [UInt8] = [0x08, 1, 0xA2, 0x38, 2, 8, 1]
        let events = Run(deep, on: try await disk(adding: [event, event]))
        #expect(events.status == .clean)
        #expect(events.lines.contains("  unknown     2 records of type unknown_900; a newer version knows them"))
        let record = Run(
            deep, on: try await disk(adding: [[1]], kind: RecordKind(rawValue: 200)), style: Style(isJSON: true))
        #expect(record.status == .clean)
        #expect(object(record.output)?["unknown"] as? [String: Int] == ["record_200": 1])
        let truncated = Run(deep, on: try await disk(adding: [Array(event.dropLast())]))
        #expect(truncated.status == .corrupt)
    }

    @Test("a sound log has no findings, and says of the log what verify does")
    func sound() async throws {
        let plain = try await Run(onSample: VerifyInspection())
        let checked = try await Run(onSample: deep)
        #expect(plain.output == checked.output && checked.status == .clean)
        let shape = try #require(object(try await Run(onSample: deep, style: Style(isJSON: true)).output))
        #expect(
            (shape["undecodable"] as? [Any])?.isEmpty == true && (shape["unknown"] as? [String: Any])?.isEmpty == true)
    }
}
