import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct MapTests {
    @Test("each element goes through the body, and the outputs stand in the order of the elements")
    func order() async throws {
        let workflow = try Flow("w", input: Int.self).then("make") { Array(0..<$0) }
            .map("each", concurrency: 3) { $0.then("square") { $0 * $0 }.then("text") { "\($0)" } }
            .then("join") { $0.joined(separator: ",") }.build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 6).output == "0,1,4,9,16,25")
        #expect(try await engine.run(workflow, id: "none", input: 0).output == "")
        #expect(try await engine.client.result(of: Step("square", indices: [3]), in: "i", as: Int.self) == 9)
        #expect(try await engine.client.result(of: Step("each"), in: "i", of: workflow, as: [String].self)?.count == 6)
    }

    @Test("no more elements are under way than are allowed, and as many as are", arguments: [1, 4])
    func concurrency(limit: Int) async throws {
        let active = Atomically<(now: Int, most: Int)>((0, 0))
        let workflow = try Flow("w", input: [Int].self).map(concurrency: limit) {
            $0.then("t") { (value: Int) in
                active.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                try await Task.sleep(for: .milliseconds(2))
                active.change { $0.now -= 1 }
                return value
            }
        }.build()
        #expect(try await openEngine().run(workflow, id: "i", input: Array(0..<12)).output == Array(0..<12))
        #expect(active.value.most == limit)
    }

    @Test("after a crash only the elements that were under way run again")
    func crash() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: [Int].self).map(concurrency: 2) {
            $0.then("t") { (value: Int) in
                calls.note("\(value)")
                if value == 3, calls.count("3") == 1 { try await Task.sleep(for: .seconds(3600)) }
                return value * 2
            }
        }.build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: Array(0..<8)) }
        try await waitUntil {
            (try? await engine.client.result(of: Step("t", indices: [7]), in: "i", as: Int.self)) ?? nil != nil
        }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == [0, 2, 4, 6, 8, 10, 12, 14])
        for value in 0..<8 { #expect(calls.count("\(value)") == (value == 3 ? 2 : 1)) }
    }

    @Test("an element that fails for good fails the workflow")
    func failure() async throws {
        let workflow = try Flow("w", input: [Int].self).map {
            $0.then("t") { (value: Int) -> Int in
                if value == 2 { throw TestError("two") }
                return value
            }
        }.build()
        #expect(try await openEngine().run(workflow, id: "i", input: [1, 2, 3]).error?.description == "TestError: two")
        let bad = Flow("w", input: [Int].self).map(concurrency: 0) { $0.then("t") { $0 } }
        #expect(
            #expect(throws: FlowError.self) { try bad.build() }?.description
                == "Map 'map_0': concurrency must be at least 1")
    }

    @Test("everything nests in everything: a map of forks of loops with waits, crashed at every step")
    func nesting() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        var disk = InMemoryFileSystem()
        func noted(_ id: String, _ number: Int) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                calls.note("\(id) \(TaskContext.current?.step.indices ?? [])")
                return value + number
            }
        }
        let workflow = try Flow("w", input: [Int].self).map("all", concurrency: 2) { element in
            element.fork(
                Branch("looping") { branch in
                    branch.loop(as: "loop") { body in
                        body.then(noted("body", 1)).delay("nap", .seconds(1)).then("decide") {
                            $0 % 3 == 0 ? LoopResult.done($0) : .again($0)
                        }
                    }
                },
                Branch("mapping") { branch in
                    branch.then("spread") { [$0, $0 * 10] }.map("inner") { $0.then(noted("inner_task", 100)) }.then(
                        "total"
                    ) { $0.reduce(0, +) }
                }
            )
            .join("join") { (a: Int, b: Int) in a * 1000 + b }
        }.build()
        var status = try await openEngine(on: disk, clock: clock).run(workflow, id: "i", input: [1, 2, 3])
        while !status.isEnded {
            disk = disk.crash(keeping: .nothing)
            clock.advance(by: .seconds(1))
            status = try await openEngine(on: disk, clock: clock).resume(workflow, id: "i")
        }
        #expect(status.output == [3211, 3222, 6233])
        #expect(Set(calls.all).count == calls.all.count)
        #expect(calls.all.count == 12)
    }
}
