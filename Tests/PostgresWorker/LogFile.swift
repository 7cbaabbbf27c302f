import Foundation
import Logging

/// Adds everything that is logged to a file.
struct LogFile: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    private let descriptor: Int32

    init(_ path: String) { descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        write("\(event.level) \(event.message) \(metadata.merging(event.metadata ?? [:]) { $1 })")
    }

    func write(_ text: String) {
        let line = Array("\(Date()) \(text)\n".utf8)
        _ = Foundation.write(descriptor, line, line.count)
    }
}
