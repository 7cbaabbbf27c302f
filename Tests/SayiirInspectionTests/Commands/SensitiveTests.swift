import Foundation
import Sayiir
import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

/// From the engine to what the tool shows: sensitive values appear nowhere unless they are asked for.
@Suite struct SensitiveTests {
    private struct Secret: Codable, SensitiveValue {
        var text: String
    }

    private static let words = ["input-Zq8", "output-Zq8", "signal-Zq8"]

    /// A log in which an engine has put a sensitive input, output and signal.
    private func disk() async throws -> InMemoryFileSystem {
        let disk = InMemoryFileSystem()
        var options = LogOptions()
        options.firstSegmentBytes = 64 * 1024
        options.idleDelay = .seconds(3600)
        let backend = try await LogBackend.open(directory: "log", options: options, fileSystem: disk)
        let engine = Engine(backend: backend)
        let workflow = try Flow("w", input: Secret.self)
            .then("make", options: TaskOptions(sensitive: true)) { _ in "output-Zq8" }
            .waitForSignal("s", of: Secret.self).then("end") { _ in 1 }.build()
        _ = try await engine.run(workflow, id: "i", input: Secret(text: "input-Zq8"))
        try await engine.client.signal("s", to: "i", payload: Secret(text: "signal-Zq8"))
        _ = try await engine.resume(workflow, id: "i")
        try await backend.close()
        return disk
    }

    private func commands(on disk: InMemoryFileSystem) throws -> [any Inspection] {
        var (full, events, dump, deep) = (
            ShowInspection("i"), ShowInspection("i"), DumpInspection(try EventFilter()), VerifyInspection()
        )
        full.showsValues = true
        events.listsEvents = true
        dump.showsBytes = true
        deep.isDeep = true
        var explanations: [any Inspection] = []
        _ = try LogReader(directory: "log", fileSystem: disk).verify { frame in
            var explain = ExplainInspection(offset: frame.offset)
            explain.segment = frame.segment.number
            explanations.append(explain)
        }
        return [
            StatusInspection(), ListInspection(), ShowInspection("i"), full, events, WhyInspection("i"),
            TailInspection(try EventFilter()), SpaceInspection(), dump, deep, SalvageInspection(to: "saved"),
        ] + explanations
    }

    /// The ways in which a text might be shown.
    private func forms(of text: String) -> [String] {
        let bytes = text.utf8.map { String(format: "%02x", $0) }
        return [text, bytes.joined(), bytes.joined(separator: " ")]
            // In Base64, wherever the text begins.
            + (0..<3).map {
                String(Data(Array(repeating: 0, count: $0) + text.utf8).base64EncodedString().dropFirst(4).prefix(8))
            }
    }

    @Test("no command shows a sensitive value in any form, as text or JSON")
    func hidden() async throws {
        let disk = try await disk()
        for command in try commands(on: disk) {
            for style in [Style(), Style(width: 80), Style(isJSON: true)] {
                let run = Run(command, on: disk.snapshot(), style: style)
                #expect(!run.output.isEmpty, "\(command)")
                for form in Self.words.flatMap(forms) {
                    #expect(!run.output.contains(form) && !run.complaints.joined().contains(form), "\(command) \(form)")
                }
            }
        }
    }

    @Test("where values are shown, --reveal shows the sensitive ones")
    func revealed() async throws {
        let disk = try await disk()
        var full = ShowInspection("i")
        full.showsValues = true
        for style in [Style(revealsSensitive: true), Style(isJSON: true, revealsSensitive: true)] {
            let output = Run(TailInspection(try EventFilter()), on: disk, style: style).output
            for word in Self.words { #expect(output.contains(word)) }
        }
        let shown = Run(full, on: disk, style: Style(revealsSensitive: true)).output
        for word in Self.words { #expect(shown.contains(word)) }
    }

    @Test("a hidden value is told by its codec, size and digest, in full in JSON")
    func digest() async throws {
        let disk = try await disk()
        let show = try #require(object(Run(ShowInspection("i"), on: disk, style: Style(isJSON: true)).output))
        let input = try #require(show["input"] as? [String: Any])
        #expect(Set(input.keys) == ["codec", "size", "sensitive", "sha256"])
        #expect(input["size"] as? Int == 20)
        #expect(input["sha256"] as? String == "1f728483f510261f4f44e26ba9d0369684aec8e50f97d39fd7be36b562e247ab")
        let tail = Run(TailInspection(try EventFilter(types: ["submitted"])), on: disk, style: Style(isJSON: true))
        #expect(tail.output.contains(#""sha256":"1f728483f510261f4f44e26ba9d0369684aec8e50f97d39fd7be36b562e247ab""#))
        let text = Run(ShowInspection("i"), on: disk, style: Style()).output
        #expect(text.contains("input       (sensitive, 20 bytes of json, sha256 1f728483…)\n"))
    }
}
