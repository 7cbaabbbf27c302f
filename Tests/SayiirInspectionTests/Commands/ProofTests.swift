import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

@Suite struct ProofTests {
    private func prove(_ sequence: UInt64, size: UInt64? = nil, on disk: InMemoryFileSystem, style: Style = Style())
        -> Run
    {
        var prove = ProveInspection(sequence)
        prove.size = size
        return Run(prove, on: disk, style: style)
    }

    /// Runs `check-proof` on a document.
    private func check(
        _ document: String, head: String, style: Style = Style(width: 100)
    ) throws -> (lines: [String], complaints: [String], status: SayiirInspection.ExitStatus) {
        let disk = InMemoryFileSystem()
        try disk.setBytes(Array(document.utf8), of: "proof")
        var check = ProofCheck(file: "proof", head: head)
        check.fileSystem = disk
        var output: [UInt8] = []
        var complaints: [String] = []
        let status = check.perform(Console(output: Output { output += $0 }, style: style) { complaints.append($0) })
        return (String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init), complaints, status)
    }

    private func head(of disk: InMemoryFileSystem, at size: UInt64? = nil) throws -> String {
        "\(try #require(try LogReader(directory: "log", fileSystem: disk).treeHead(at: size)))"
    }

    @Test("status and verify show the tree head in one piece, sealed or not")
    func heads() async throws {
        for disk in [try await sampleDisk(), try await LongLog.make().disk] {
            let head = try head(of: disk)
            #expect(Run(StatusInspection(), on: disk).lines.contains("  tree head   \(head)"))
            for isDeep in [false, true] {
                var verify = VerifyInspection()
                verify.isDeep = isDeep
                #expect(Run(verify, on: disk).lines.contains("  tree head   \(head)"))
            }
        }
    }

    @Test("a record is proven without the log, and shown as what it is")
    func proven() async throws {
        let disk = try await sampleDisk()
        let head = try head(of: disk)
        let document = prove(11, on: disk)
        #expect(document.status == .clean && document.lines.count == 1)
        let result = try check(document.output, head: head)
        #expect(result.status == .clean)
        #expect(
            result.lines == [
                "proof proves that record 11 is in the log with this head.",
                "  instance    order-42",
                "  time        2026-03-01T12:00:03.410Z",
                "  type        task_checkpointed",
                #"  event       ship_parcel  {"parcel":"JD0002","carrier":"post"}"#,
                "  tree head   \(head)",
                "  not proven  that it is the last record, or what other records say",
                "  not proven  that its time, actor and reason are true: the writer of a record chose them",
            ])
        let shape = try #require(object(check(document.output, head: head, style: Style(isJSON: true)).lines[0]))
        #expect(shape["proven"] as? Bool == true && shape["tree_head"] as? String == head)
        #expect((shape["record"] as? [String: Any])?["instance"] as? String == "order-42")
    }

    @Test("every record of a log of sealed segments is proven, in the tree of now and in that of then")
    func everyRecord() async throws {
        let log = try await LongLog.make()
        for size in [1000, 600] as [UInt64] {
            let head = try head(of: log.disk, at: size)
            for sequence in stride(from: 1, through: size, by: 97) {
                let document = prove(sequence, size: size, on: log.disk)
                let result = try check(document.output, head: head)
                #expect(result.status == .clean)
                #expect(result.lines[0] == "proof proves that record \(sequence) is in the log with this head.")
                #expect(result.lines[1] == "  instance    order-\((sequence - 1) / 2)")
            }
        }
    }

    @Test("another root, an edited record, another sequence and an edited path prove nothing, and it is said why")
    func forged() async throws {
        let disk = try await sampleDisk()
        let head = try head(of: disk)
        let document = prove(11, on: disk).output
        let other = "48:" + String(repeating: "ab", count: 32)
        let wrong = try check(document, head: other)
        #expect(wrong.status == .corrupt)
        #expect(
            wrong.lines[0].contains("proves nothing: it leads to the root ")
                && wrong.lines[0].contains("which is another log's"))
        let members = try #require(object(document))
        let path = try #require(members["path"] as? [String])
        let record = try #require(members["record"] as? String)
        let edits = [
            (record, record.replacing("4a4430303032", with: "4a4430303033")), (#""sequence":11"#, #""sequence":12"#),
            (path[2], path[3]),
        ]
        for (old, new) in edits {
            let result = try check(document.replacing(old, with: new), head: head)
            #expect(result.status == .corrupt)
            #expect(
                result.lines[0].hasPrefix(
                    "proof proves nothing: its record, its sequence or a hash of its path was changed"))
        }
        let short = try check(document.replacing(",\"\(path[5])\"", with: ""), head: head)
        #expect(
            short.status == .corrupt
                && short.lines[0] == "proof proves nothing: a proof for record 11 of 48 does not have 5 hashes.")
        let size = try check(document, head: "49\(head.dropFirst(2))")
        #expect(
            size.status == .corrupt
                && size.lines[0].contains("it is about a tree of 48 records, the head about one of 49;"))
        let shape = try #require(object(check(document, head: other, style: Style(isJSON: true)).lines[0]))
        #expect(shape["proven"] as? Bool == false && shape["exit_status"] as? Int == 3 && shape["record"] == nil)
    }

    @Test("a file that is no proof is refused in a sentence, wherever it was cut or garbled")
    func garbled() async throws {
        let disk = try await sampleDisk()
        let head = try head(of: disk)
        let document = String(prove(11, on: disk).output.dropLast())
        for length in 0..<document.count {
            let result = try check(String(document.prefix(length)), head: head)
            #expect(result.status == .failure && result.lines.isEmpty && result.complaints.count == 1)
        }
        var generator = SplitMix64(seed: 3)
        for _ in 0..<300 {
            var bytes = Array(document.utf8)
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let members = object(text)
            let result = try check(text, head: head)
            // What is for people only may be changed.
            let isSame = ["sequence", "tree_size", "record", "path", "format", "root"].allSatisfy {
                "\(members?[$0] ?? "")".lowercased() == "\(object(document)?[$0] ?? "")".lowercased()
            }
            if !isSame { #expect(result.status != .clean, "\(text)") }
        }
        #expect(try check("{}", head: head).complaints[0].hasPrefix("'proof' is no proof: it is not the JSON object"))
        #expect(
            try check(document.replacing("sayiir proof 1", with: "sayiir proof 2"), head: head).complaints[0]
                .contains("its format is 'sayiir proof 2'"))
        #expect(try check(document, head: "48").complaints[0].hasPrefix("'48' is no tree head: "))
    }

    @Test("what cannot be proven is refused, and a sensitive payload is given away only if asked for")
    func refused() async throws {
        let disk = try await sampleDisk()
        #expect(prove(49, on: disk).complaints == ["there is no record 49 among the 48 records of 'log'."])
        #expect(prove(0, on: disk).status == .failure)
        #expect(prove(11, size: 10, on: disk).complaints == ["there is no record 11 among the 10 records of 'log'."])
        #expect(prove(1, size: 49, on: disk).complaints[0].hasPrefix("'log' has 48 records: there is no tree of 49 "))
        let secret = InMemoryFileSystem()
        var history = History()
        history.add(
            "order-1", 0,
            .signalReceived(
                Event.SignalReceived(
                    signal: "pin", payload: Payload(codec: "json", bytes: Array("1234".utf8), isSensitive: true))))
        try await writeLog(history.events, to: "log", on: secret)
        let run = prove(1, on: secret)
        #expect(run.status == .failure && run.output == "" && run.complaints[0].contains("--reveal"))
        let document = prove(1, on: secret, style: Style(revealsSensitive: true))
        #expect(document.status == .clean)
        let checked = try check(document.output, head: try head(of: secret))
        #expect(checked.status == .clean && !checked.lines.joined().contains("1234"))
    }

    @Test("a record that is not what was sealed is not proven")
    func notSealed() async throws {
        let log = try await LongLog.make()
        let name = try log.segments[1]
        _ = try forgeBlock(of: name, on: log.disk) { $0[60] ^= 1 }
        let run = prove(name.firstSequence, on: log.disk)
        #expect(run.status == .corrupt && run.output == "")
    }
}
