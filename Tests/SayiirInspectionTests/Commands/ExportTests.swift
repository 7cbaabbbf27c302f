import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct ExportTests {
    private func export(
        _ instance: String? = nil, types: [String] = [], from: UInt64? = nil, to: UInt64? = nil
    ) throws -> ExportInspection {
        var export = ExportInspection(.ndjson, try EventFilter(types: types, from: from, to: to))
        export.instances = instance.map { [$0] } ?? []
        return export
    }

    @Test("all events are exported, one JSON object a line, as they are shown elsewhere")
    func events() async throws {
        let run = try await Run(onSample: try export())
        #expect(run.status == .clean && run.complaints.isEmpty)
        #expect(run.lines.allSatisfy { object($0) != nil })
        let revealed = try await Run(onSample: try export(), style: Style(revealsSensitive: true))
        #expect(revealed.lines == History.sample.recorded.map { $0.json(revealingSensitive: true) })
        // The same but for what is hidden, of which the digest is there.
        let different = zip(run.lines, revealed.lines).filter { $0 != $1 }
        #expect(!different.isEmpty && different.allSatisfy { $0.0.contains(#""sensitive":true,"sha256":""#) })
    }

    @Test("an instance, types and a range of sequences choose the events")
    func filters() async throws {
        #expect(
            try await Run(onSample: try export("order-43", types: ["task_failed", "failed"])).output == """
                {"sequence":18,"instance":"order-43","revision":6,"time":"2026-03-01T12:00:00.260Z","type":"task_failed",\
                "step":"charge_card","attempt":2,"failure":{"type":"PaymentDeclined","message":"card \
                expired\\u001b[31m"}}
                {"sequence":19,"instance":"order-43","revision":7,"time":"2026-03-01T12:00:00.260Z","type":"failed",\
                "step":"charge_card","failure":{"type":"PaymentDeclined","message":"card expired\\u001b[31m"}}

                """)
        let range = try await Run(onSample: try export(from: 14, to: 16))
        #expect(range.lines.map { object($0)?["sequence"] as? Int } == [14, 15, 16])
    }

    @Test("an instance that does not exist is an error that names those like it; a filter that nothing passes is none")
    func nothing() async throws {
        let unknown = try await Run(onSample: try export("order-4"))
        #expect(unknown.status == .failure)
        #expect(
            unknown.complaints == [
                "there is no instance 'order-4' in 'log'. Did you mean 'order-42', 'order-43', 'order-44'?"
            ])
        let empty = try await Run(onSample: try export("order-42", types: ["cancelled"]))
        #expect(empty.status == .clean && empty.output.isEmpty)
    }

    @Test("sensitive payloads are hidden unless they are asked for")
    func sensitive() async throws {
        let hidden = try await Run(onSample: try export()).output
        #expect(!hidden.contains("s3cret"))
        let shown = try await Run(onSample: try export(), style: Style(revealsSensitive: true)).output
        #expect(shown.contains("s3cret"))
    }

    @Test("a file is written whole, and one that exists stays as it is unless it is to be replaced")
    func file() async throws {
        let disk = try await sampleDisk()
        var export = try export("order-43")
        export.destination = Destination(path: "events.ndjson")
        let run = Run(export, on: disk)
        let events = Run(try self.export("order-43"), on: disk).output
        #expect(run.output == "7 events, \(byteWords(UInt64(events.utf8.count))), in events.ndjson\n")
        #expect(String(decoding: try disk.bytes(of: "events.ndjson"), as: UTF8.self) == events)

        export.instances = ["order-42"]
        let refused = Run(export, on: disk)
        #expect(refused.status == .failure && refused.output.isEmpty)
        #expect(refused.complaints == ["'events.ndjson' exists. Give another file, or --force to replace it."])
        #expect(String(decoding: try disk.bytes(of: "events.ndjson"), as: UTF8.self) == events)

        export.destination.replaces = true
        let replaced = Run(export, on: disk, style: Style(isJSON: true))
        #expect(object(replaced.output)?["file"] as? String == "events.ndjson")
        #expect(try disk.bytes(of: "events.ndjson").count == object(replaced.output)?["bytes"] as? Int)
        #expect(!(try disk.entries(ofDirectory: ".").contains { $0.hasSuffix(".partial") }))
    }

    @Test("nothing is written into the log's directory, and what fails leaves no file behind")
    func noFile() async throws {
        let disk = try await sampleDisk()
        var export = try export("nobody")
        export.destination = Destination(path: "log/events.ndjson")
        #expect(Run(export, on: disk).complaints.first?.contains("lies in the log's directory") == true)
        export.destination = Destination(path: "events.ndjson")
        #expect(Run(export, on: disk).status == .failure)
        #expect(throws: (any Error).self) { try disk.bytes(of: "events.ndjson") }
        #expect(throws: (any Error).self) { try disk.bytes(of: "events.ndjson.partial") }
    }
}
