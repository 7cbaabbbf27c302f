import Foundation

/// What tasks do to the world: each call leaves a line with the task's name in a file, before the task does anything else.
public struct CallFile: Sendable {
    private let path: String

    /// Adds to a file, which is made if it is missing.
    public init(_ path: String) { self.path = path }

    /// Leaves a line.
    func note(_ name: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        defer { close(descriptor) }
        let line = Array("\(name)\n".utf8)
        // One call: the line arrives whole or not at all.
        guard write(descriptor, line, line.count) == line.count else { throw Trouble("no line in \(path)") }
    }

    /// How often each task was called.
    public var counts: [String: Int] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").reduce(into: [:]) { $0[String($1), default: 0] += 1 }
    }
}

/// The error of a task, or of a test.
public struct Trouble: Error, CustomStringConvertible {
    /// What it says.
    public let description: String

    /// An error that says `description`.
    public init(_ description: String) { self.description = description }
}
