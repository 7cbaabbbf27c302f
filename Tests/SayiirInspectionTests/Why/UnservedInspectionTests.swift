import Sayiir
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct UnservedInspectionTests {
    @Test("status and why tell of instances whose workflow the service that ran last had not registered")
    func unserved() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await LogBackend.open(directory: "log", fileSystem: disk)
        let engine = Engine(backend: backend)
        let old = try Flow("order", input: Int.self).waitForSignal("go", of: Int.self).build()
        let new = try Flow("invoice", input: Int.self).waitForSignal("go", of: Int.self).build()
        _ = try await engine.run(old, id: "a", input: 1)
        _ = try await engine.run(new, id: "b", input: 1)
        try engine.register(new)
        let service = Task { try await engine.run() }
        while await engine.health().unservedCount != 1 { try await Task.sleep(for: .milliseconds(5)) }
        service.cancel()
        _ = await service.result
        try await backend.close()

        let source = LogSource(directory: "log", fileSystem: disk)
        let status = Run(StatusInspection(), on: source, style: Style(width: 120))
        #expect(status.output.contains("unserved    1 live instance of workflows"), "\(status.output)")
        let why = Run(WhyInspection("a"), on: source, style: Style(width: 200))
        #expect(why.output.contains("No service serves it: its workflow 'order'"), "\(why.output)")
        #expect(why.output.contains("client.cancel(\"a\")"))
        let served = Run(WhyInspection("b"), on: source, style: Style(width: 200))
        #expect(!served.output.contains("No service serves it"))
        // A record that an older reader passes over, not something that this one does not know.
        #expect(Run(VerifyInspection(), on: source, style: Style(width: 200)).status == .clean)
    }
}
