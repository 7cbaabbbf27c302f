public import Logging

/// Keeps what is logged, or said otherwise: `level message key=value …`, the pairs in the order of their keys.
public final class LogLines: Sendable {
    private let kept = Atomically<[String]>([])

    /// Begins without lines.
    public init() {}

    /// What there is, in order.
    public var lines: [String] { kept.value }

    /// Keeps a line.
    public func add(_ line: String) { kept.change { $0.append(line) } }

    /// A logger whose lines are kept, of all levels.
    public var logger: Logger { Logger(label: "test") { [self] _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = metadata.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            lines.add("\(event.level) \(event.message) \(pairs)")
        }
    }
}
