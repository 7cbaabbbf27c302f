import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// What a step gets: the value itself, or, where the option says so, what was stored of it.
@Suite struct DecodesEveryValueTests {
    /// Its coding leaves a property out.
    private struct Partial: Codable, Sendable {
        var id: Int
        var cache = "cold"

        enum CodingKeys: CodingKey { case id }
    }

    private func run<Output: Codable & Sendable>(_ workflow: Workflow<Int, Output>, decoding: Bool) async throws
        -> Output?
    {
        let options = decoding ? EngineOptions.testing : EngineOptions()
        return try await Engine(backend: InMemoryBackend(), options: options).run(workflow, id: "i", input: 1).output
    }

    @Test("By default values are passed on as they are, and none is decoded")
    func byDefault() async throws {
        #expect(!EngineOptions().decodesEveryValue && EngineOptions.testing.decodesEveryValue)
        let workflow = try Flow("w", input: Int.self).then("a") { Partial(id: $0, cache: "warm") }
            .then("b") { $0.cache }.build()
        #expect(try await run(workflow, decoding: false) == "warm")
    }

    @Test("COD-02: With the option a step gets what was stored, as after a crash at that place: in every construct")
    func everywhere() async throws {
        let start = Flow("w", input: Int.self).then("a") { (id: Int) in Partial(id: id, cache: "warm") }
        #expect(try await run(start.then("b") { $0.cache }.build(), decoding: true) == "cold")
        let delayed = try start.delay("wait", .zero).then("b") { $0.cache }.build()
        let engine = Engine(backend: InMemoryBackend(), options: .testing)
        _ = try await engine.run(delayed, id: "d", input: 1)
        #expect(try await engine.resume(delayed, id: "d").output == "cold")
        let fork = try start.fork(
            Branch("l") { $0.then("l") { (value: Partial) in Partial(id: value.id, cache: value.cache + "!") } },
            Branch("r") { $0.then("r") { (value: Partial) in value.cache } }
        ).join("j") { (left: Partial, right: String) in [left.cache, right] }.build()
        #expect(try await run(fork, decoding: true) == ["cold", "cold"])
        let route = try start.route(keys: ["k"]) { (value: Partial) in value.cache == "cold" ? "k" : "none" }
            .branch("k") { $0.then("b") { (value: Partial) in Partial(id: value.id, cache: value.cache + "!") } }.done()
            .then("c") { (value: BranchEnvelope<Partial>) in value.result.cache }.build()
        #expect(try await run(route, decoding: true) == "cold")
        let map = try Flow("w", input: Int.self).then("a") { (id: Int) in [Partial(id: id, cache: "warm")] }
            .map { $0.then("b") { (value: Partial) in Partial(id: value.id, cache: value.cache + "!") } }
            .then("c") { (values: [Partial]) in values.map(\.cache) }.build()
        #expect(try await run(map, decoding: true) == ["cold"])
        let loop = try start.loop(maxIterations: 3) {
            $0.then("b") { (value: Partial) -> LoopResult<Partial> in
                let next = Partial(id: value.id + 1, cache: value.cache + "!")
                return next.id < 3 ? .again(next) : .done(next)
            }
        }.then("c") { (value: Partial) in value.cache }.build()
        #expect(try await run(loop, decoding: true) == "cold")
    }

    @Test("A retry gets the stored value again, not an object that the first attempt changed")
    func retries() async throws {
        final class Counter: Codable, @unchecked Sendable {
            // One attempt at a time uses it.
            var value = 0
        }
        let recorder = Calls()
        let workflow = try Flow("w", input: Int.self).then("a") { (_: Int) in Counter() }
            .then("b", options: TaskOptions(retries: RetryPolicy(maxRetries: 2, initialDelay: .zero))) {
                (counter: Counter) in
                recorder.note("b")
                counter.value += 1
                if recorder.count("b") < 3 { throw TestError("again") }
                return counter.value
            }.build()
        #expect(try await run(workflow, decoding: true) == 1)
    }
}
