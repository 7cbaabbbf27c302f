import SayiirTesting
import Testing

@testable import SayiirLog

/// Keys are opaque: two that `String` calls equal are two keys wherever they are looked up.
@Suite struct KeyIdentityTests {
    private static let twins = ["caf\u{E9}", "cafe\u{301}"]

    private func counts(_ log: LogWriter) async throws -> [Int] {
        var counts: [Int] = []
        for key in Self.twins {
            let records = try await log.records(withKey: key)
            #expect(records.allSatisfy { $0.key.utf8.elementsEqual(key.utf8) })
            counts.append(records.count)
        }
        return counts
    }

    @Test(
        "Records of canonically equivalent keys are found by their own key, in journals, in sealed segments and after reopening"
    )
    func lookUp() async throws {
        let disk = InMemoryFileSystem()
        var options = testOptions(segmentBytes: 16 * 1024)
        options.sealsSegments = true
        let log = try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
        // Next to each other in one batch, and in one block.
        var mixed = RecordBatch()
        for key in Self.twins + Self.twins + [Self.twins[1]] {
            try mixed.append(kind: .event, key: key, timestamp: 1, payload: [1])
        }
        try await log.append(mixed)
        #expect(try await counts(log) == [2, 3])
        for number in 0..<12 {
            try await log.append(batch([noise(4000, seed: UInt64(number))], key: "other"))
        }
        while !(try disk.entries(ofDirectory: "log").contains { $0.hasSuffix(".sealed") }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(try await counts(log) == [2, 3])
        try await log.close()
        let again = try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
        #expect(try await counts(again) == [2, 3])
        try await again.close()
    }

    @Test("A key that was not written is not in the log, although its twin was")
    func absent() async throws {
        let disk = InMemoryFileSystem()
        let log = try await LogWriter.open(directory: "log", options: testOptions(), fileSystem: disk)
        try await log.append(batch([[1]], key: Self.twins[0]))
        #expect(log.mayContain(Self.twins[0]) == true)
        #expect(log.mayContain(Self.twins[1]) == false)
        #expect(try await log.records(withKey: Self.twins[1]).isEmpty)
        try await log.close()
    }
}
