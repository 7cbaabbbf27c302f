/// The file `IDENTITY`: which log is in a directory, or which one's segments are in an archive. With it, a log that lost its segments
/// differs from one that never had any.
struct LogIdentity {
    let log: LogID

    private static let beginning = "sayiir log "
    /// More than the file has.
    private static let byteLimit = 256

    /// Reads the file of a directory; `nil` if it is missing or damaged. Nothing but the identity is lost with it.
    ///
    /// - Throws: a ``FileSystemError`` for a file that cannot be opened for another reason than that it is missing.
    init?(in directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        let bytes: [UInt8]
        do throws(FileSystemError) {
            let file = try fileSystem.open("\(directory)/\(FileName.identity)", as: .read)
            bytes = try file.readBytes(Self.byteLimit, at: 0)
        } catch {
            guard error.isMissingFile || error.isUnreadable else { throw error }
            return nil
        }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let words = line.split(separator: " ")
        guard words.count == 4, let log = LogID(String(words[2])), Self.line(for: log).utf8.elementsEqual(line.utf8)
        else { return nil }
        self.log = log
    }

    /// Writes the file of a directory, durably, in the place of one that is there.
    static func write(_ log: LogID, to directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        let temporary = "\(directory)/\(FileName.unfinishedIdentity)"
        let file = try fileSystem.open(temporary, as: .readWriteCreating)
        try file.resize(to: 0)
        let text =
            line(for: log) + "\n" + "This file tells which log is here. Do not change or remove it.\n"
        try file.writeFully(Array(text.utf8), at: 0)
        try file.synchronize()
        try fileSystem.rename(temporary, to: "\(directory)/\(FileName.identity)")
        try fileSystem.synchronizeDirectory(at: directory)
    }

    /// The line that tells, with a checksum: a damaged identity must not pass for that of another log.
    private static func line(for log: LogID) -> String {
        let checksum = "\(log)".utf8.withContiguousStorageIfAvailable { crc32c(UnsafeRawBufferPointer($0)) }
        return "\(beginning)\(log) \(hex(checksum ?? 0))"
    }
}
