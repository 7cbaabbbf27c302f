/// Why a server did not do what a test asked of it.
public struct PostgresClusterError: Error, CustomStringConvertible {
    /// What was asked and what happened.
    public let message: String
    /// The end of what the server and `initdb` had written by then; empty when there was no server yet.
    public let log: String

    init(_ message: String, log: String = "") {
        self.message = message
        self.log = log
    }

    /// The message, and the log below it.
    public var description: String { log.isEmpty ? message : "\(message)\n--- the server's log:\n\(log)" }
}
