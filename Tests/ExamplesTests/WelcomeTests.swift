import Foundation
import TestPrograms
import Testing

@Suite struct WelcomeTests {
    @Test("the first example sends its welcome, and a second start tells the same without sending it again")
    func welcome() throws {
        let welcome = try Example("welcome")
        for _ in 0..<2 { #expect(try welcome.run() == .success("Sent welcome to Alice\n")) }
    }

    @Test("The README's first program is the example that the tests run")
    func readme() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let program = try #require(readme.components(separatedBy: "```swift\n").dropFirst().first)
        let code = try #require(program.components(separatedBy: "```").first)
        for path in ["Examples/Welcome/main.swift", "Tests/InterruptedWelcome/main.swift"] {
            #expect(try String(contentsOf: root.appending(path: path), encoding: .utf8) == code, "\(path)")
        }
    }

    @Test("The README's first program, killed in its second task and started again, does not fetch the user again")
    func killedInSecondTask() async throws {
        let directory = try TemporaryDirectory()
        let hold = "\(directory.path)/hold-send_email"
        try Data().write(to: URL(filePath: hold))
        let program = BuiltProgram("interrupted-welcome")
        let launcher = ["sh", "-c", "cd '\(directory.path)' && exec \"$@\"", "sh"]
        let first = try RunningProgram(program, [], under: launcher)
        while calls(in: directory).last != "send_email", first.isRunning {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(await first.kill() == [])
        #expect(first.status == -SIGKILL)
        try FileManager.default.removeItem(atPath: hold)
        #expect(try program.run([], in: directory.path) == .success("Sent welcome to Alice\n"))
        #expect(calls(in: directory) == ["fetch_user", "send_email", "send_email"])
        // It has completed: a third start does nothing.
        #expect(try program.run([], in: directory.path) == .success("Sent welcome to Alice\n"))
        #expect(calls(in: directory) == ["fetch_user", "send_email", "send_email"])
    }

    private func calls(in directory: TemporaryDirectory) -> [Substring] {
        let text = try? String(contentsOfFile: "\(directory.path)/calls", encoding: .utf8)
        return (text ?? "").split(separator: "\n")
    }
}
