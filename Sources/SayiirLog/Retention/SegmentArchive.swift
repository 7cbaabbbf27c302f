/// A directory into which retention moves segments. It belongs to one log, which a file there names, and nothing in it is overwritten.
struct SegmentArchive {
    let archive: String
    /// The log's directory.
    let directory: String
    let fileSystem: any FileSystem
    /// Held while segments are moved: two logs that choose the same new directory find out.
    private let lock: any File

    /// Takes the directory for a log, and creates it if it is missing. One that was filled before archives had names gets one.
    ///
    /// - Throws: ``LogError/foreignArchive(archive:reason:)`` for a directory of another log, or a ``FileSystemError``.
    init(claiming archive: String, for log: LogID, in directory: String, fileSystem: any FileSystem) throws {
        self.archive = archive
        self.directory = directory
        self.fileSystem = fileSystem
        func foreign(_ reason: String) -> LogError { .foreignArchive(archive: archive, reason: reason) }
        try fileSystem.createDirectoryDurably(at: archive)
        guard try !fileSystem.entries(ofDirectory: archive).contains(FileName.lock) else {
            throw foreign("it is the directory of a log")
        }
        lock = try fileSystem.open("\(archive)/\(FileName.archiveLock)", as: .readWriteCreating)
        guard try lock.tryLock() else { throw foreign("another log is moving segments into it") }
        if let owner = try LogIdentity(in: archive, fileSystem: fileSystem)?.log {
            guard owner == log else { throw foreign("it has segments of log \(owner), and this is log \(log)") }
            return
        }
        for name in try LogFiles(in: archive, fileSystem: fileSystem).segments {
            guard let owner = try? SegmentReader(name, in: archive, fileSystem: fileSystem).header.log, owner != log
            else { continue }
            throw foreign("\(name) there is of log \(owner), and this is log \(log)")
        }
        try LogIdentity.write(log, to: archive, fileSystem: fileSystem)
    }

    /// Copies a segment of the log, unless the very file is there; the copy has its name once it is durable and was read back.
    func take(_ name: SegmentName, digest: [UInt8]) throws {
        let path = "\(archive)/\(name)"
        if let there = try digestOfFile(at: path) {
            guard there == digest else {
                throw LogError.foreignArchive(archive: archive, reason: "it has another file of the name \(name)")
            }
            // An earlier attempt may have ended before the name was durable.
            return try fileSystem.synchronizeDirectory(at: archive)
        }
        let temporary = "\(archive)/\(FileName.unfinishedSealed)"
        try copy("\(directory)/\(name)", to: temporary)
        guard try digestOfFile(at: temporary) == digest else {
            throw LogError.notWritten(file: temporary, reason: "its content is not that of \(name)")
        }
        try fileSystem.rename(temporary, to: path)
        try fileSystem.synchronizeDirectory(at: archive)
    }

    private func copy(_ path: String, to target: String) throws(FileSystemError) {
        let source = try fileSystem.open(path, as: .read)
        let copy = try fileSystem.open(target, as: .readWriteCreating)
        try copy.resize(to: 0)
        var offset: Int64 = 0
        while true {
            let bytes = try source.readBytes(1024 * 1024, at: offset)
            if bytes.isEmpty { break }
            try copy.writeFully(bytes, at: offset)
            offset += Int64(bytes.count)
        }
        try copy.synchronize()
    }

    /// Returns the SHA-256 of a file; `nil` if there is no such file.
    private func digestOfFile(at path: String) throws(FileSystemError) -> [UInt8]? {
        do throws(FileSystemError) {
            return try RetentionRun(directory: archive, fileSystem: fileSystem).fileDigest(path)
        } catch {
            guard error.isMissingFile else { throw error }
            return nil
        }
    }
}
