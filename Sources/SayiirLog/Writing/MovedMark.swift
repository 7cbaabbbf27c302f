/// The mark of a log that goes on elsewhere. It can be read; nobody is to write into it any more.
enum MovedMark {
    /// Refuses a directory that has the mark.
    ///
    /// - Throws: ``LogError/moved(directory:to:)``, or a ``FileSystemError``.
    static func refuse(_ directory: String, fileSystem: any FileSystem) throws {
        guard let destination = try destination(of: directory, fileSystem: fileSystem) else { return }
        throw LogError.moved(directory: directory, to: destination)
    }

    /// Where a log went on; `nil` if it has not the mark.
    static func destination(of directory: String, fileSystem: any FileSystem) throws -> String? {
        guard try fileSystem.entries(ofDirectory: directory).contains(FileName.moved) else { return nil }
        let file = try fileSystem.open("\(directory)/\(FileName.moved)", as: .read)
        // Printed on terminals: keep control characters out.
        let text = String(decoding: try file.readBytes(1024, at: 0), as: UTF8.self).filter {
            !$0.isNewline && $0 >= " "
        }
        return text.isEmpty ? "another place" : text
    }

    /// Sets the mark, durably.
    static func set(on directory: String, destination: String, fileSystem: any FileSystem) throws(FileSystemError) {
        let temporary = "\(directory)/\(FileName.unfinishedMove)"
        let file = try fileSystem.open(temporary, as: .readWriteCreating)
        try file.resize(to: 0)
        try file.writeFully(Array((destination + "\n").utf8), at: 0)
        try file.synchronize()
        try fileSystem.rename(temporary, to: "\(directory)/\(FileName.moved)")
        try fileSystem.synchronizeDirectory(at: directory)
    }
}
