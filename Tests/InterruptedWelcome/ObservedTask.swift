import Foundation
import Sayiir

// `main.swift` is the README's first program, as it is. In this module its `DurableTask` is this function, which comes before the type of
// the library: each call of a task leaves a line in the file `calls`, and waits for as long as there is a file `hold-NAME`.

/// Makes a task that a test can follow, and hold up.
func DurableTask<Input: Codable & Sendable, Output: Codable & Sendable>(
    _ id: String, timeout: Duration? = nil, retries: Int = 0, _ body: @escaping @Sendable (Input) async throws -> Output
) -> Sayiir.DurableTask<Input, Output> {
    Sayiir.DurableTask(id, timeout: timeout, retries: retries) { input in
        let descriptor = open("calls", O_WRONLY | O_APPEND | O_CREAT, 0o644)
        let line = Array("\(id)\n".utf8)
        if write(descriptor, line, line.count) != line.count { exit(3) }
        close(descriptor)
        while FileManager.default.fileExists(atPath: "hold-\(id)") { try await Task.sleep(for: .milliseconds(5)) }
        return try await body(input)
    }
}
