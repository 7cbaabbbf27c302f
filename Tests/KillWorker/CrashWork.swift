import Sayiir

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Serves ten instances, one of which has a task that ends the process, until no other is left and that one is in doubt. Each call of the
/// task leaves a line in a plain file.
struct CrashWork: Sendable {
    private let engine: Engine
    private let healthy: Workflow<Int, Int>
    private let bad: Workflow<Int, Int>

    init(directory: String, effects: String, limit: Int) async throws {
        var options = EngineOptions()
        options.crashLimit = limit
        engine = try await Engine(directory: directory, options: options)
        let descriptor = open(effects, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        bad = try Flow("bad", input: Int.self).then(
            DurableTask("crash", retries: 2) { (_: Int) -> Int in
                if write(descriptor, "called\n", 7) != 7 { exit(3) }
                abort()
            }
        ).build()
        healthy = try Flow("healthy", input: Int.self).then("one") { $0 + 1 }.then("two") { $0 + 1 }.build()
    }

    func run() async throws {
        try engine.register(healthy)
        try engine.register(bad)
        try await engine.client.submit(bad, id: "bad", input: 1, onConflict: .useExisting)
        for number in 0..<9 {
            try await engine.client.submit(
                healthy, id: InstanceID("healthy-\(number)"), input: number, onConflict: .useExisting)
        }
        let service = Task { try await engine.run() }
        for number in 0..<9 {
            let id = InstanceID("healthy-\(number)")
            say("done \(try await engine.client.waitForCompletion(of: id, as: healthy).output ?? -1)")
        }
        while true {
            if case .inDoubt(let step) = try await engine.client.status(of: "bad") {
                say("in doubt \(step)")
                break
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        service.cancel()
        _ = await service.result
        try await engine.close()
    }
}
