import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct ChildTests {
    private func child(_ tasks: [DurableTask<Int, Int>]) throws -> Workflow<Int, Int> {
        var flow = Flow("child", input: Int.self).then(tasks[0])
        for task in tasks.dropFirst() { flow = flow.then(task) }
        return try flow.build()
    }

    @Test("CHI-01, CHI-03: a child's nodes run as the parent's own, under the child's name")
    func runs() async throws {
        let inner = try child([adding(10, "plus"), DurableTask("twice") { (value: Int) in value * 2 }])
        let workflow = try Flow("w", input: Int.self).then(adding(1, "first")).thenFlow(inner).then(adding(0, "last"))
            .build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 5).output == 32)
        #expect(try await engine.client.result(of: Step("child_0"), in: "i", of: workflow, as: Int.self) == 32)
        #expect(try await engine.client.result(of: Step("child_0/plus"), in: "i", as: Int.self) == 16)
        #expect(
            workflow.nodes.map { "\($0.id) \($0.kind.rawValue) \($0.predecessor?.rawValue ?? "-")" } == [
                "first task -", "child_0 child_workflow first", "child_0/plus task child_0",
                "child_0/twice task child_0/plus", "last task child_0",
            ])
    }

    @Test("CHI-02: a child's failure is the parent's")
    func fails() async throws {
        let inner = try child([DurableTask("bad") { (_: Int) -> Int in throw TestError("child failed!") }])
        let workflow = try Flow("w", input: Int.self).thenFlow(inner).build()
        #expect(
            try await openEngine().run(workflow, id: "i", input: 5).error?.description == "TestError: child failed!")
    }

    @Test("CHI-04: tasks of a child see the parent's name, instance and metadata")
    func context() async throws {
        let inner = try Flow("child", input: Int.self).metadata("child's").then("t") { (_: Int) in
            let context = TaskContext.current
            return
                "\(context?.workflow ?? "") \(context?.instance.rawValue ?? "") \(try context?.workflowMetadata(as: String.self) ?? "")"
        }.build()
        let workflow = try Flow("parent", input: Int.self).metadata("parent's").thenFlow(inner).build()
        #expect(try await openEngine().run(workflow, id: "i", input: 1).output == "parent i parent's")
    }

    @Test("CHI-07: equal ids in parent and child, and a child used twice, do not disturb each other")
    func namespaces() async throws {
        let calls = Calls()
        let inner = try Flow("child", input: Int.self).then(adding(100, "same", calls)).thenLambda { $0 + 1 }
            .loop { $0.then("body") { LoopResult.done($0 * 2) } }
            .route(keys: ["a"]) { (_: Int) in "a" }.branch("a") { $0.then("h") { $0 + 3 } }.done().then("result") {
                $0.result
            }
            .build()
        let nested = try Flow("middle", input: Int.self).thenFlow(inner).build()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "same", calls)).thenLambda { $0 }
            .thenFlow(inner).thenFlow(inner).thenFlow(nested).loop { $0.then("body") { LoopResult.done($0) } }.build()
        func once(_ value: Int) -> Int { (value + 101) * 2 + 3 }
        #expect(try await openEngine().run(workflow, id: "i", input: 0).output == once(once(once(1))))
        #expect(calls.count("same") == 4)
        #expect(workflow.nodes.contains { $0.id == "child_2/child_0/branch_0::key_fn" })
    }

    @Test("FORK-21: a fork in a child")
    func forkInChild() async throws {
        let inner = try Flow("child", input: Int.self).fork(Branch(adding(1, "p")), Branch(adding(2, "q")))
            .join("sum") { (p: Int, q: Int) in p + q }.build()
        let workflow = try Flow("w", input: Int.self).then(adding(0, "a")).thenFlow(inner).then(adding(0, "z")).build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 5)
        #expect(try await engine.client.result(of: Step("child_0"), in: "i", of: workflow, as: Int.self) == 5)
        #expect(try await engine.client.result(of: Step("child_0/p"), in: "i", as: Int.self) == 2)
    }

    @Test("a hundred levels of nesting work")
    func deep() async throws {
        var workflow = try child([adding(1, "t")])
        for _ in 0..<100 { workflow = try Flow("w", input: Int.self).thenFlow(workflow).build() }
        let disk = InMemoryFileSystem()
        #expect(try await openEngine(on: disk).run(workflow, id: "i", input: 1).output == 2)
        #expect(try await openEngine(on: disk.crash(keeping: .nothing)).resume(workflow, id: "i").output == 2)
    }

    @Test("CHI-08: a child without a task is refused; children may hold children")
    func nestedChildren() async throws {
        #expect(
            #expect(throws: FlowError.self) { try Flow("child", input: Int.self).build() }?.description
                == "Workflow must have at least one task")
        let inner = try child([DurableTask("twice") { (value: Int) in value * 2 }])
        let middle = try Flow("middle", input: Int.self).thenFlow(inner).build()
        let workflow = try Flow("w", input: Int.self).thenFlow(middle).build()
        #expect(try await openEngine().run(workflow, id: "i", input: 5).output == 10)
    }
}
