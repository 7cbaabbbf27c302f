import Foundation
import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// Threads of logs that are no longer in use.
@Suite struct ThreadLeakTests {
    /// How many threads the process has; `nil` where the system does not say.
    private var threadCount: Int? { try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }

    enum End: CaseIterable {
        case closed
        case released
        case killed
    }

    @Test(
        "An engine that is closed or released leaves no thread behind, and neither does one whose service was cancelled",
        .timeLimit(.minutes(2)), arguments: End.allCases)
    func engines(end: End) async throws {
        guard let before = threadCount else { return }
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in value + 1 }.delay("d", .seconds(3600))
            .build()
        for number in 0..<200 {
            let disk = InMemoryFileSystem()
            let engine = try await openEngine(on: disk)
            try engine.register(workflow)
            let service = Task { try await engine.run() }
            try await engine.client.submit(workflow, id: "i\(number)", input: 1)
            try await waitUntil { try await engine.client.status(of: "i\(number)").name == "waiting" }
            if end == .killed { disk.inject(.anyCall(.nth(1), .halt)) }
            service.cancel()
            _ = await service.result
            if end == .closed { try await engine.close() }
        }
        // Other tests have threads, too.
        try await waitUntil { (threadCount ?? 0) < before + 100 }
    }
}
