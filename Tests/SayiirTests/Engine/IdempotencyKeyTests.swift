import Logging
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

@Suite struct IdempotencyKeyTests {
    private struct Place: Hashable {
        var instance: InstanceID
        var run: UInt64
        var step: Step

        var key: String {
            TaskContext(
                workflow: "w", instance: instance, run: run, step: step, attempt: 1, node: nil, metadata: nil,
                codecs: Codecs(writing: JSONCodec()), logger: Logger(label: "test")
            ).idempotencyKey
        }
    }

    /// Keys are kept by other services: a change makes them do again what they have done.
    @Test("Keys are what they have always been")
    func golden() {
        let list: [(InstanceID, UInt64, Step, String)] = [
            ("order-7", 1, Step("charge"), "order-7/charge"),
            ("order-7", 2, Step("charge"), "order-7#2/charge"),
            ("order-7", .max, Step("charge"), "order-7#18446744073709551615/charge"),
            ("order", 1, Step("child_0/charge"), "order/child_0/charge"),
            ("order/child_0", 1, Step("charge"), "order%2Fchild_0/charge"),
            ("a", 1, Step("resize", indices: [3, 0]), "a/resize#3.0"),
            ("a", 1, Step("resize#3.0"), "a/resize%233.0"),
            ("a", 3, Step("resize", indices: [3]), "a#3/resize#3"),
            ("a#2", 1, Step("t"), "a%232/t"),
            ("100%", 1, Step("50%"), "100%25/50%25"),
            ("%2F", 1, Step("%23"), "%252F/%2523"),
            ("caf\u{E9} x", 1, Step("t"), "caf\u{E9} x/t"),
            ("", 1, Step(""), "/"),
        ]
        for (instance, run, step, key) in list {
            #expect(Place(instance: instance, run: run, step: step).key.isExactly(key))
        }
    }

    @Test("Different instances, runs, steps and iterations have different keys, whatever their ids")
    func injectivity() {
        var random = SplitMix64(seed: 5)
        let pieces = ["/", "#", "%", "2F", "23", "25", "2", "1", ".", "a", "\u{E9}", "e\u{301}", ""]
        func text() -> String {
            (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
        var keys: [ExactText: Place] = [:]
        for _ in 0..<60_000 {
            let indices = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                UInt32.random(in: 0...2, using: &random)
            }
            let place = Place(
                instance: InstanceID(text()), run: .random(in: 1...3, using: &random),
                step: Step(NodeID(text()), indices: indices))
            let other = keys.updateValue(place, forKey: ExactText(place.key))
            #expect(other == nil || other == place, "\(place) and \(String(describing: other))")
        }
    }

    @Test("A run under an id that had one has keys of its own; the attempts of a step of one run share theirs")
    func runs() async throws {
        let seen = Calls()
        let workflow = try Flow("w", input: Int.self)
            .then("t", options: TaskOptions(retries: RetryPolicy(maxRetries: 1, initialDelay: .zero))) { (value: Int) in
                let context = TaskContext.current
                seen.note("\(context?.run ?? 0) \(context?.idempotencyKey ?? "")")
                if context?.attempt == 1 { throw TestError("again") }
                return value
            }.waitForSignal("s", of: Int.self).build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "i", input: 1)
        _ = try await engine.run(workflow, id: "i", input: 1, onConflict: .terminateExisting)
        #expect(seen.all == ["1 i/t", "1 i/t", "2 i#2/t", "2 i#2/t"])
    }
}
