import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

@Suite struct FailureBoundsTests {
    private struct Declined: Error { var text = "no" }
    private enum HTTP: Error { case notFound, status(Int) }

    @Test("A text is cut between two characters, and says how long it was")
    func cut() {
        #expect("abc".cut(toBytes: 3) == "abc")
        #expect("abcd".cut(toBytes: 3) == "abc… (4 bytes in all)")
        #expect("abcd".cut(toBytes: 0) == "… (4 bytes in all)")
        #expect("".cut(toBytes: 0).isEmpty)
        // An accent of its own, a family of seven scalars, a flag, a line end of two.
        for text in ["ae\u{301}x", "a👨‍👩‍👧‍👦x", "a🇩🇪x", "a\r\nx"] {
            for limit in 1..<text.utf8.count {
                let kept = text.prefix(bytes: limit)
                #expect(kept.utf8.count <= limit)
                #expect(kept == "a" || (kept.count == 2 && text.hasPrefix(kept)))
            }
        }
        // All of it is one character.
        let long = "e" + String(repeating: "\u{301}", count: 1000)
        #expect((800...1001).contains(long.prefix(bytes: 1001).utf8.count))
    }

    @Test("A failure names its type once")
    func description() {
        #expect(Failure(Declined()).description == #"Declined(text: "no")"#)
        #expect(Failure(HTTP.notFound).description == "HTTP: notFound")
        #expect(Failure(HTTP.status(404)).description == "HTTP: status(404)")
        #expect(Failure(type: "T", message: "T").description == "T")
        #expect(Failure(type: "T", message: "Two").description == "T: Two")
        #expect(Failure(type: "", message: "(a)").description == "(a)")
    }

    @Test("A long error is short in the status, and whole in the history", arguments: [16_384, 40_000, 9_000_000])
    func longError(count: Int) async throws {
        let text = String(repeating: "é", count: count / 2)
        let workflow = try Flow("w", input: Int.self).then(
            DurableTask("t", retries: RetryPolicy(maxRetries: 1, initialDelay: .zero)) { (_: Int) -> Int in
                throw TestError(text)
            }
        ).build()
        let engine = try await openEngine()
        let status = try await engine.run(workflow, id: "i", input: 1)
        #expect(status.isFailed && status.description.utf8.count < 17_000)
        let state = try await engine.client.state(of: "i")
        #expect((state.failure?.message.utf8.count ?? 0) < 17_000)
        let failures = try await engine.client.history(of: "i").compactMap { recorded -> Event.TaskFailed? in
            if case .taskFailed(let body) = recorded.event.body { body } else { nil }
        }
        #expect(failures.count == 2)
        for failed in failures {
            #expect(failed.failure.message.utf8.count < 17_000)
            switch count {
            case ...16_384: #expect(failed.failure.message == text && failed.fullMessage == nil)
            case ...1_048_576: #expect(failed.fullMessage == text)
            default: #expect(failed.fullMessage?.hasSuffix("… (\(count) bytes in all)") == true)
            }
        }
    }

    @Test(
        "A task of any length of error fails its instance and nothing else", arguments: [0, 1, 1_048_577, 40_000_000])
    func lengths(count: Int) async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then("t") { (count: Int) -> Int in
            throw TestError(String(repeating: "x", count: count))
        }.build()
        #expect(try await engine.run(workflow, id: "i", input: count).isFailed)
    }
}
