/// The exclusive right to write into a log's directory. Ends with ``release()``, or with the process.
final class WriterLock: Sendable {
    private let file: Monitor<(any File)?>

    /// Takes the lock without waiting, and leaves the holder's name in the file for whoever comes second.
    ///
    /// - Throws: ``LogError/locked(directory:holder:)``, or a ``FileSystemError``.
    init(in directory: String, holder: String, fileSystem: any FileSystem) throws {
        let file = try fileSystem.open("\(directory)/\(FileName.lock)", as: .readWriteCreating)
        guard try file.tryLock() else {
            throw LogError.locked(directory: directory, holder: try Self.holder(in: file))
        }
        try file.resize(to: 0)
        do throws(FileSystemError) {
            try file.writeFully(Array(holder.utf8), at: 0)
        } catch {
            // The name is for people. A full disk must not keep a log from being opened that needs no room.
            guard error.isOutOfSpace else { throw error }
        }
        self.file = Monitor(file)
    }

    /// Gives the right up. The lock goes with the file.
    func release() { file.withLock { $0 = nil } }

    /// Who holds the lock of a directory; `nil` if nobody does. Takes nothing and changes nothing.
    static func holder(ofDirectory directory: String, fileSystem: any FileSystem) throws(FileSystemError) -> String? {
        let file = try fileSystem.open("\(directory)/\(FileName.lock)", as: .read)
        return try file.isLockedElsewhere() ? try holder(in: file) : nil
    }

    private static func holder(in file: any File) throws(FileSystemError) -> String {
        // Printed on terminals: keep control characters out.
        let text = String(decoding: try file.readBytes(256, at: 0), as: UTF8.self).filter { !$0.isNewline && $0 >= " " }
        return text.isEmpty ? "another process" : text
    }
}
