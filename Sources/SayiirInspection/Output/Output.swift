/// Whoever read the output is gone: a pipe into `head`, for example. The program ends without a word then.
struct OutputClosed: Error {}

/// Text on its way out, gathered in a buffer so that many short lines cost few system calls.
package final class Output {
    private var buffer: [UInt8] = []
    private let sink: ([UInt8]) throws -> Void

    private static let capacity = 64 * 1024

    /// Hands the text over to `sink`, in pieces.
    package init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    /// Adds a text and a line break.
    func line(_ text: String = "") throws {
        buffer.append(contentsOf: text.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Begins a new picture: wipes the terminal, and goes to its first line.
    func clearScreen() { buffer.append(contentsOf: "\u{1B}[H\u{1B}[2J".utf8) }

    /// Adds a text as it is.
    func text(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Adds bytes as they are.
    func bytes(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Hands over what is still in the buffer.
    func flush() throws {
        guard !buffer.isEmpty else { return }
        try sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
