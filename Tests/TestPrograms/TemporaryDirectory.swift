import Foundation

/// A directory of a test's own, removed with everything in it when released.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let path: String

    /// Makes one.
    public init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sayiir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
