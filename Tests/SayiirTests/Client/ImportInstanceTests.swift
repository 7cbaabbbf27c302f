import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// Instances that come out of a bundle.
@Suite struct ImportInstanceTests {
    private func workflow(_ recorder: TaskRecorder) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(recorder.task("a") { (value: Int) in value + 1 })
            .waitForSignal("s", of: Int.self).then(recorder.task("b") { (value: Int) in value * 2 }).build()
    }

    /// The bundle of an instance of the log on a disk; with `keeping` less than it should have.
    private func bundle(
        of instance: String, on disk: InMemoryFileSystem, keeping isKept: (LogRecord) -> Bool = { _ in true }
    ) throws -> RecordBundle {
        let reader = LogReader(directory: "jobs", fileSystem: disk)
        var builder = RecordBundleBuilder()
        let assessment = try reader.verify { frame in
            builder.take(frame) { ($0.kind == .definition || $0.key == instance) && isKept($0) }
        }
        let head = try #require(try reader.treeHead(at: assessment.lastSequence))
        let origin = try #require(RecordBundle.Origin(assessment, head: head))
        return try #require(try builder.bundle(of: reader, origin))
    }

    private func reason(of body: () async throws -> Void) async -> String {
        let error = await #expect(throws: WorkflowError.self) { try await body() }
        return error?.description ?? ""
    }

    /// A log with an instance that waits for its signal.
    private func waiting(_ recorder: TaskRecorder) async throws -> (disk: InMemoryFileSystem, engine: Engine) {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        _ = try await engine.run(try workflow(recorder), id: "i", input: 1)
        return (disk, engine)
    }

    @Test("an instance goes on in another log where it stood, with its history and where that is from")
    func goesOn() async throws {
        let recorder = TaskRecorder()
        let workflow = try workflow(recorder)
        let (source, engine) = try await waiting(recorder)
        let before = try await engine.client.history(of: "i").map(\.event)
        let made = try bundle(of: "i", on: source)
        let disk = InMemoryFileSystem()
        let other = try await openEngine(on: disk)
        let head = try #require(try LogReader(directory: "jobs", fileSystem: source).treeHead())
        let status = try await other.importInstance(
            from: try RecordBundle(decoding: made.encoded), trusting: head, by: "ada", reason: "moved")
        #expect(status == .awaitingSignal(step: Step("s"), signal: "s", deadline: nil))
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        var after = try await again.client.history(of: "i").map(\.event)
        let imported = after.removeLast()
        #expect(after == before)
        #expect(imported.actor == "ada" && imported.reason == "moved" && imported.revision == 5)
        guard case .imported(let lineage) = imported.body else { throw TestError("no lineage") }
        #expect(lineage.source == "log \(made.origin.log)" && lineage.head.count == 32)
        #expect(try await again.client.state(of: "i").lineage == .imported(lineage))
        try await again.client.signal("s", to: "i", payload: 21)
        #expect(try await again.resume(workflow, id: "i").output == 42)
        #expect(recorder.calls.map(\.task) == ["a", "b"])
        #expect(try await engine.client.history(of: "i").map(\.event) == before)
    }

    @Test("the definition comes with the instance, once")
    func definition() async throws {
        let (source, _) = try await waiting(TaskRecorder())
        let disk = InMemoryFileSystem()
        let other = try await openEngine(on: disk)
        try await other.importInstance(from: try bundle(of: "i", on: source))
        var definitions: [LogRecord] = []
        _ = try LogReader(directory: "jobs", fileSystem: disk).verify { frame in
            definitions += frame.records.filter { $0.kind == .definition }
        }
        #expect(definitions.map(\.key) == [try workflow(TaskRecorder()).definitionHash.description])
    }

    @Test("an instance that has ended is taken in with its output")
    func ended() async throws {
        let workflow = try workflow(TaskRecorder())
        let (source, engine) = try await waiting(TaskRecorder())
        try await engine.client.signal("s", to: "i", payload: 4)
        _ = try await engine.resume(workflow, id: "i")
        let disk = InMemoryFileSystem()
        let other = try await openEngine(on: disk)
        #expect(try await other.importInstance(from: try bundle(of: "i", on: source)) == .completed)
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        #expect(try await again.resume(workflow, id: "i").output == 8)
        #expect(try await again.client.liveInstances().isEmpty)
    }

    @Test("an id that is taken is refused, in the same log and in another, and so is a second time")
    func taken() async throws {
        let (source, engine) = try await waiting(TaskRecorder())
        let bundle = try bundle(of: "i", on: source)
        #expect(
            await reason { try await engine.importInstance(from: bundle) }.hasPrefix(
                "Workflow instance already exists: i"))
        let other = try await openEngine()
        try await other.importInstance(from: bundle)
        #expect(
            await reason { try await other.importInstance(from: bundle) }.hasPrefix(
                "Workflow instance already exists: i"))
        #expect(try await other.client.history(of: "i").count == 5)
    }

    @Test("what is not proven is refused: by a head that is trusted, and by its own")
    func unproven() async throws {
        let (source, _) = try await waiting(TaskRecorder())
        let made = try bundle(of: "i", on: source)
        let other = try await openEngine()
        let root = String(repeating: "ab", count: 32)
        let wrong = try #require(TreeHead("\(made.origin.head.size):\(root)"))
        let first = made.entries[0].record.sequence
        #expect(
            await reason { try await other.importInstance(from: made, trusting: wrong) }
                == "Instance 'i' cannot be imported: its record \(first) is not proven to be in the log with this head."
        )
        await #expect(throws: WorkflowError.self) { try await other.client.history(of: "i") }
    }

    @Test("a history that lacks its beginning or something in between is refused")
    func gaps() async throws {
        let (source, _) = try await waiting(TaskRecorder())
        let sequences = try bundle(of: "i", on: source).entries.filter { $0.record.kind == .event }.map(
            \.record.sequence)
        let other = try await openEngine()
        for (missing, found, expected) in [(0, 2, 1), (1, 3, 2)] {
            let part = try bundle(of: "i", on: source) { $0.sequence != sequences[missing] }
            #expect(
                await reason { try await other.importInstance(from: part) }
                    == "Instance 'i' cannot be imported: its history is not whole: revision \(found) stands where \(expected) should."
            )
        }
    }

    @Test("an imported instance can be forked, and its lineage is then that of the fork")
    func forked() async throws {
        let workflow = try workflow(TaskRecorder())
        let (source, _) = try await waiting(TaskRecorder())
        let other = try await openEngine()
        try await other.importInstance(from: try bundle(of: "i", on: source))
        try await other.fork(workflow, from: "i", as: "j")
        try await other.client.signal("s", to: "j", payload: 1)
        #expect(try await other.resume(workflow, id: "j").output == 2)
        #expect(try await other.client.state(of: "j").lineage == .derived(.init(source: "i", sourceRevision: 5)))
    }
}
