import Sayiir
import TestSupport
import Testing

@Suite struct DefinitionHashTests {
    private func hash(_ tasks: (String, TaskOptions)...) throws -> String {
        var flow = Flow("any", input: Int.self).then(tasks[0].0, options: tasks[0].1) { $0 }
        for (id, options) in tasks.dropFirst() { flow = flow.then(id, options: options) { $0 } }
        return try flow.build().definitionHash.description
    }

    @Test("HASH-02: hashes of plain tasks are those of the original")
    func golden() throws {
        #expect(
            try hash(("a", TaskOptions())) == "defd264b41d52db63a9a3a29255d8a74e26c7ca9ad38ca3a25d66694b3c6937e")
        // What tools may show is no part of the definition.
        #expect(
            try hash(("a", TaskOptions(sensitive: true)))
                == "defd264b41d52db63a9a3a29255d8a74e26c7ca9ad38ca3a25d66694b3c6937e")
        #expect(
            try hash(("a", TaskOptions()), ("b", TaskOptions()))
                == "26b542b13cf71357b49dc3eca668cb2084e43238f5e38220fc19ebeb26b1393a")
        #expect(
            try hash(("a", TaskOptions(timeout: .seconds(30))))
                == "fb8693f214ca95eabd541040ceb621f435b89cbc3add99a9b3f5064cdf8b1a2e")
        #expect(
            try hash(("a", TaskOptions(timeout: .milliseconds(1500))))
                == "ad60fa9a623888dfcee63c112d1362e8ab455125cb27887572e5eff8847f5e99")
        #expect(
            try hash(("a", TaskOptions(retries: 3)))
                == "1f798236c86b0b35728a93818b9d8485f8b0afe0448687e7983dcfaf649bbf3f")
        #expect(
            try hash(
                (
                    "a",
                    TaskOptions(retries: RetryPolicy(maxRetries: 1, initialDelay: .milliseconds(500), multiplier: 1.5))
                )
            ) == "0c9653cfeb7d90ef7fb2d124a01d50ea79cb4b9993a270822f323234747a8c64")
        #expect(
            try hash(("a", TaskOptions(retries: RetryPolicy(maxRetries: 1, multiplier: 0.1))))
                == "188ad8df1ff51d88483cee6b1bc56666475631414ce02c4ca572b940f0e6c720")
        #expect(
            try hash(("a", TaskOptions(timeout: .seconds(10), retries: 2)))
                == "888a8dbf1aa91e7a4f97efe18aaa636fece0d6c08bdf807732f5f4f202940265")
    }

    @Test("HASH-02: hashes of the other constructs are those of the original")
    func goldenConstructs() throws {
        let flow = Flow("any", input: Int.self)
        func same(_ id: String) -> DurableTask<Int, Int> { DurableTask(id) { (value: Int) in value } }
        func expect<Output>(
            _ flow: FlowBuilder<Int, Output>, _ hash: String, at location: SourceLocation = #_sourceLocation
        )
            throws
        {
            #expect(try flow.build().definitionHash.description == hash, sourceLocation: location)
        }
        try expect(
            flow.then(same("a")).delay("d", .milliseconds(2500)).then(same("b")),
            "70fd9b3f1f1cdd86437916834e2baceff6397292d7b7b146956a70e98d76cdca")
        try expect(
            flow.waitForSignal("s", of: Int.self, as: "n").then(same("b")),
            "1558c0f75b396b43a0166c51b1f74c27df07377f4825715c2ecc973ffd86ad52")
        try expect(
            flow.waitForSignal("s", of: Int.self, timeout: .seconds(60)).then(same("b")),
            "80734bfaaaa4d909000c0f254df0830f094378a67e9ef1df12e4cd1cf179045e")
        try expect(
            flow.fork(Branch { $0.then(same("p")).then(same("q")) }, Branch(same("r")))
                .join("j") { (a: Int, b: Int) in a + b }.then(same("z")),
            "6cba113fdaafb967f771cb21695939b7324ffca68f32a20ba10e2aa60d1702c1")
        try expect(
            flow.route(keys: ["a", "b"]) { (_: Int) in "a" }
                .branch("b") { $0.then(same("hb")).then(same("hb2")) }.branch("a", same("ha")).done()
                .then("z") { $0.result },
            "6c0a417ab5d672329871b2f28df03294a55b567012ef7f3e248e86b202e1a6d9")
        try expect(
            flow.route(keys: ["a"]) { (_: Int) in "a" }.branch("a", same("ha")).defaultBranch { $0.then(same("d")) }
                .done(),
            "21a3c4838e831e35932639cafdc09d1fe773fa93a206b32c16ba8f8892aa46f6")
        let body = DurableTask("body") { (value: Int) in LoopResult.done(value) }
        try expect(flow.loop(body).then(same("z")), "659451a78e9a3c2f93f42e7e8f76ab68d6fb289e43beec42e72571162f30c030")
        try expect(
            flow.loop(body, maxIterations: 3, onMax: .exitWithLast),
            "9e2a7148b854c0df374ea795ea6a016f7baa9ecc1787497c46b8e352be2472e9")
        let child = try Flow("child", input: Int.self).then(same("c1")).then(same("c2")).build()
        try expect(
            flow.thenFlow(child).then(same("z")), "23b9e8d6a18f76430d2e4fa8200f0f094dc6823ca4bb137d0ed5fc8632be1468")
    }

    @Test("HASH-01: what decides how an instance goes on changes the hash; what does not, does not")
    func sensitivity() throws {
        let base = try hash(("a", TaskOptions()), ("b", TaskOptions()))
        let different = [
            try hash(("b", TaskOptions()), ("a", TaskOptions())),
            try hash(("a", TaskOptions()), ("c", TaskOptions())),
            try hash(("a", TaskOptions(timeout: .seconds(1))), ("b", TaskOptions())),
            try hash(("a", TaskOptions(timeout: .nanoseconds(1))), ("b", TaskOptions())),
            try hash(("a", TaskOptions(timeout: .zero)), ("b", TaskOptions())),
            try hash(("a", TaskOptions(retries: 0)), ("b", TaskOptions())),
            try hash(("a", TaskOptions(retries: 1)), ("b", TaskOptions())),
            try hash(("a", TaskOptions(version: "1.0")), ("b", TaskOptions())),
            try hash(("a", TaskOptions(version: "2.0")), ("b", TaskOptions())),
            try hash(("a", TaskOptions(execution: .atMostOnce)), ("b", TaskOptions())),
        ]
        #expect(Set(different + [base]).count == different.count + 1)
        let same = TaskOptions(priority: 1, tags: ["x"], displayName: "A", description: "does a")
        #expect(try hash(("a", same), ("b", TaskOptions())) == base)
        let capped = RetryPolicy(maxRetries: 1, maxDelay: .seconds(5))
        #expect(try hash(("a", TaskOptions(retries: capped))) == hash(("a", TaskOptions(retries: 1))))
        let other = try Flow("another name", input: Int.self).metadata(["k": 1])
            .then("a") { -$0 }.then("b") { $0 }.build()
        #expect(other.definitionHash.description == base)
    }

    @Test("HASH-01: waits, branches, keys, limits, bodies and kinds of nodes change the hash too")
    func sensitivityOfConstructs() throws {
        let flow = Flow("w", input: Int.self)
        func fork(_ branches: [Branch<Int, Int>], join: String = "j") -> FlowBuilder<Int, Int> {
            flow.fork(branches).join(join) { (all: [Int]) in all.count }
        }
        func route(_ keys: [String], withDefault: Bool = false) -> FlowBuilder<Int, Int> {
            var route = flow.route(keys: keys) { (_: Int) in "a" }.branch(keys[0]) { $0.then(adding(1, "h0")) }
            for key in keys.dropFirst() { route = route.branch(key) { $0.then(adding(1, "h\(key)")) } }
            if withDefault { route = route.defaultBranch { $0.then(adding(1, "d")) } }
            return route.done().then("unwrap") { $0.result }
        }
        func loop(_ body: String = "b", max: Int = 10, onMax: OnMax = .fail) -> FlowBuilder<Int, Int> {
            flow.loop(maxIterations: max, onMax: onMax) { $0.then(body) { LoopResult.done($0) } }
        }
        let child = try flow.then(adding(1, "c")).build()
        let longerChild = try flow.then(adding(1, "c")).then(adding(1, "d")).build()
        let different = [
            flow.then(adding(1, "a")), flow.delay("a", .seconds(1)), flow.delay("a", .seconds(2)),
            flow.waitForSignal("a", of: Int.self), flow.waitForSignal("s", of: Int.self, as: "a"),
            flow.waitForSignal("a", of: Int.self, timeout: .seconds(1)),
            flow.waitForSignal("a", of: Int.self, timeout: .seconds(2)),
            flow.waitForSignal("a", timeout: .seconds(2), orElse: 1),
            fork([Branch(adding(1, "p")), Branch(adding(1, "q"))]),
            fork([Branch(adding(1, "q")), Branch(adding(1, "p"))]),
            fork([Branch("named") { $0.then(adding(1, "p")) }, Branch(adding(1, "q"))]),
            fork([Branch { $0.then(adding(1, "p")).then(adding(1, "r")) }, Branch(adding(1, "q"))]),
            fork([Branch(adding(1, "p")), Branch(adding(1, "q"))], join: "k"), fork([Branch(adding(1, "p"))]),
            route(["a"]), route(["b"]), route(["a", "b"]), route(["a"], withDefault: true),
            loop(), loop(max: 9), loop(onMax: .exitWithLast), loop("c"),
            flow.thenFlow(child), flow.thenFlow(longerChild), flow.thenFlow(child, as: "other"),
        ]
        #expect(Set(try different.map { try $0.build().definitionHash }).count == different.count)
    }

    @Test("HASH-04: no id can imitate another definition")
    func injection() throws {
        #expect(
            try hash(("a;T:b", TaskOptions())) != hash(("a", TaskOptions()), ("b", TaskOptions())))
        #expect(try hash(("a:v:1", TaskOptions())) != hash(("a", TaskOptions(version: "1"))))
        #expect(try hash((#"a\"#, TaskOptions()), ("b", TaskOptions())) != hash((#"a\;T:b"#, TaskOptions())))
        #expect(
            try hash(("a", TaskOptions(version: "1:once")))
                != hash(("a", TaskOptions(execution: .atMostOnce, version: "1"))))
    }

    @Test("A route's keys that are in no order by Swift's `<` give the same hash in every order, and in every process")
    func orderOfBranches() throws {
        let keys = ["e\u{301}", "\u{E9}a", "\u{3A9}", "\u{3A9}\u{301}", "\u{2126}\u{301}", "z", "x"]
        func hash(_ keys: [String]) throws -> String {
            var route = Flow("f", input: Int.self).route(keys: keys) { (_: Int) in keys[0] }
                .branch(keys[0]) { $0.then(adding(1, "t\(keys[0])")) }
            for key in keys.dropFirst() { route = route.branch(key) { $0.then(adding(1, "t\(key)")) } }
            return try "\(route.done().then("unwrap") { $0.result }.build().definitionHash)"
        }
        let hashes = try Set(keys.indices.map { try hash(Array(keys[$0...] + keys[..<$0])) })
        #expect(hashes == ["275a6d973e0f4dd9803983fa4c942975fcd897767aea932f541c51c43e1a6594"])
    }
}
