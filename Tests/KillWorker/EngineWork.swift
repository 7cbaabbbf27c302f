import Sayiir

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs workflows eight at a time. Each call of a task leaves a line `INSTANCE TASK ATTEMPT` in a plain file.
struct EngineWork: Sendable {
    private let engine: Engine
    private let workflow: Workflow<Int, Int>

    init(directory: String, effects: String) async throws {
        var options = EngineOptions()
        // Small segments, so that kills land in roll-overs too.
        options.log.firstSegmentBytes = 64 * 1024
        options.log.segmentBytes = 128 * 1024
        engine = try await Engine(directory: directory, options: options)
        workflow = try Self.workflow(notingIn: open(effects, O_WRONLY | O_APPEND | O_CREAT, 0o644))
    }

    /// Takes up what earlier processes left, and begins new instances, until it is killed.
    func run(nonce: String) async throws {
        let live = try await liveInstances()
        say("open \(live.count)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for (place, id) in live.enumerated() where place % 8 == lane { try await resume(id) }
                    for number in 0... { try await begin("\(nonce)-\(lane)-\(number)", number) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Brings to their end all instances that earlier processes left.
    func finish() async throws {
        for id in try await liveInstances() { try await resume(id) }
        try await engine.close()
        say("finished")
    }

    private func liveInstances() async throws -> [InstanceID] {
        try await engine.client.instances().filter { !$0.phase.isEnded }.map(\.id)
    }

    private func begin(_ id: InstanceID, _ input: Int) async throws {
        let output = try await engine.run(workflow, id: id, input: input).requireOutput()
        say("done \(id) \(output)")
    }

    private func resume(_ id: InstanceID) async throws {
        let output = try await engine.resume(workflow, id: id).requireOutput()
        say("done \(id) \(output)")
    }

    /// Adds 1, 10, 100 and 1000; the second task fails at its first call for every third input.
    private static func workflow(notingIn descriptor: Int32) throws -> Workflow<Int, Int> {
        @Sendable func note() -> UInt32 {
            guard let context = TaskContext.current else { return 0 }
            let line = Array("\(context.instance) \(context.task) \(context.attempt)\n".utf8)
            if write(descriptor, line, line.count) != line.count { exit(3) }
            return context.attempt
        }
        struct Flaky: Error {}
        func adding(_ number: Int, _ id: String) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                _ = note()
                return value + number
            }
        }
        let retries = RetryPolicy(maxRetries: 100, initialDelay: .milliseconds(1), multiplier: 1)
        let flaky = DurableTask("flaky", retries: retries) { (value: Int) in
            if note() == 1, value % 3 == 0 { throw Flaky() }
            await Task.yield()
            return value + 10
        }
        return try Flow("work", input: Int.self)
            .then(adding(1, "first")).then(flaky).then(adding(100, "third")).then(adding(1000, "last"))
            .build()
    }
}
