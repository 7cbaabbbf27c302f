/// A segment that was archived, held against what the log remembers of it.
public struct ArchivedSegment: Hashable, Sendable {
    /// What the log remembers.
    public var segment: RemovedSegment
    /// The file, in one of the archives that were looked at; `nil` if none has it.
    public var file: String?
    /// The SHA-256 of that file.
    public var fileDigest: [UInt8]?

    /// Whether the file is there, and is the one that was removed.
    public var isIntact: Bool { fileDigest == segment.fileDigest }
}

extension LogReader {
    /// The segments that retention moved to archives, each read from ``archives`` and compared with what `REMOVED` has of it.
    ///
    /// - Throws: ``LogError`` if the directory, its list of removals or an archive cannot be read.
    public func archivedSegments() throws -> [ArchivedSegment] {
        let removed = try removedSegments().filter(\.isArchived)
        do {
            return try removed.map { segment in
                for archive in archives {
                    let path = "\(archive)/\(segment.name)"
                    do {
                        let digest = try RetentionRun(directory: archive, fileSystem: fileSystem).fileDigest(path)
                        return ArchivedSegment(segment: segment, file: path, fileDigest: digest)
                    } catch let error as FileSystemError where error.isMissingFile {
                        continue
                    }
                }
                return ArchivedSegment(segment: segment)
            }
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        }
    }
}
