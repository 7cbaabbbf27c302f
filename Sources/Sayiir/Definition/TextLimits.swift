internal import SayiirEvents

/// How long texts may be that a program chooses, in bytes of UTF-8.
///
/// They are in every event of a step or in every record of an instance, and a commit of the log holds 16 MiB.
enum TextLimits {
    /// An id of a node, and the name of a workflow, a branch, a route's key, a signal or a version.
    static let name = 16 * 1024
    /// The id that a fork has from the first nodes of its branches, and one behind those of the child workflows around it.
    static let derivedID = 256 * 1024
    /// A flow's metadata, as JSON.
    static let metadata = 512 * 1024
    /// Who asks for something, and why; the sender's own id of a signal.
    static let remark = 64 * 1024
    /// The name of an executor.
    static let executor = 256

    /// What is wrong with a name, as the end of a sentence; `nil` if nothing is.
    static func problem(with text: String, limit: Int = name) -> String? {
        let count = text.utf8.count
        return count > limit ? "has \(count) bytes (max \(limit)): '\(text.prefix(bytes: min(count, 80)))…'" : nil
    }
}

extension String {
    /// The text as the name of an executor: without characters that a store cannot hold, and not too long.
    var asExecutor: String {
        let text = utf8.contains(0) ? String(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : Character($0) }) : self
        guard text.utf8.count > TextLimits.executor else { return text }
        return String(text.prefix(bytes: TextLimits.executor))
    }
}
