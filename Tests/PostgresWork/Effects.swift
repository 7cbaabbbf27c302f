#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

import Sayiir

/// What tasks do to the world: each call leaves a line `INSTANCE STEP ATTEMPT` in a file, before the task does anything else.
public struct Effects: Sendable {
    private let descriptor: Int32?

    /// Adds to a file, which is made if it is missing.
    public init(file: String) { descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT, 0o644) }

    /// None at all.
    public static let none = Effects(descriptor: nil)

    private init(descriptor: Int32?) { self.descriptor = descriptor }

    /// Leaves a line, and returns the attempt's number.
    @discardableResult
    public func note() throws -> UInt32 {
        guard let context = TaskContext.current else { return 0 }
        guard let descriptor else { return context.attempt }
        let line = Array("\(context.instance) \(context.step) \(context.attempt)\n".utf8)
        // One call: the line arrives whole or not at all.
        guard write(descriptor, line, line.count) == line.count else { throw Boom("no effect") }
        return context.attempt
    }
}

/// The error of a task that fails.
public struct Boom: Error, CustomStringConvertible {
    /// What it says.
    public let description: String

    init(_ description: String) { self.description = description }
}
