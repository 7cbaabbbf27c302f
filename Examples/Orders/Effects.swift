import Foundation
import Sayiir

/// A plain file in which every call of a task leaves one line: `order task attempt`.
///
/// It knows nothing of the engine's log, and so can be held against it.
struct Effects: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        if descriptor < 0 { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
    }

    /// Leaves a line for the task that runs here, after some time, as a call to a service would.
    func note(taking time: Duration) async throws {
        try await Task.sleep(for: time)
        guard let context = TaskContext.current else { return }
        let line = "\(context.instance) \(context.task) \(context.attempt)\n"
        // One call, so that the line is there whole or not at all when the process is killed.
        let written = line.withCString { write(descriptor, $0, strlen($0)) }
        if written != line.utf8.count { throw CocoaError(.fileWriteUnknown) }
    }

    /// One line of the file.
    struct Entry: Hashable {
        var order: String
        var task: String
        var attempt: UInt32
    }

    /// All lines of the file at `path`.
    static func read(from path: String) throws -> [Entry] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let attempt = UInt32(words[2]) else { throw CocoaError(.fileReadCorruptFile) }
            return Entry(order: words[0], task: words[1], attempt: attempt)
        }
    }
}
