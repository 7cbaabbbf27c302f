#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Foundation

/// A directory for what a run writes, removed after it. What runs left that were ended before they could remove theirs goes first.
struct Scratch {
    /// The directory.
    let path: String
    private static let prefix = "sayiir-bench-"

    /// Makes one.
    ///
    /// - Parameter directory: Where it is made: on the file system that is to be measured.
    init(in directory: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: directory) where Self.isLeft(name) {
            try? files.removeItem(atPath: "\(directory)/\(name)")
        }
        path = "\(directory)/\(Self.prefix)\(ProcessInfo.processInfo.processIdentifier)"
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Removes it with all that is in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Whether a name is that of a directory whose process is gone.
    private static func isLeft(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), let process = pid_t(name.dropFirst(prefix.count)) else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
    }
}
