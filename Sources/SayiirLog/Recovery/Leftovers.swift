/// Segments before the log's beginning whose files are there: a removal that was cut short left them, or an operator put them back.
struct Leftovers {
    let directory: String
    /// The directory to which retention moves segments.
    let archive: String?
    let fileSystem: any FileSystem

    /// Returns the segments whose files can be removed without loss: the list of removals has the SHA-256 of the file, and if the segment
    /// was archived, the archive has the same file.
    ///
    /// Reads the files whose lengths match, and nothing if there are no names.
    func superfluous(of names: [SegmentName]) throws -> [SegmentName] {
        guard !names.isEmpty else { return [] }
        let removed = try Removals(in: directory, fileSystem: fileSystem).segments
        return try names.filter { name in
            guard let entry = removed.last(where: { $0.name == name }) else { return false }
            if entry.isArchived {
                guard let archive, try holds(archive, entry) else { return false }
            }
            return try holds(directory, entry)
        }
    }

    private func holds(_ folder: String, _ segment: RemovedSegment) throws -> Bool {
        let path = "\(folder)/\(segment.name)"
        do throws(FileSystemError) {
            guard try fileSystem.open(path, as: .read).size() == segment.byteCount else { return false }
            return try RetentionRun(directory: folder, fileSystem: fileSystem).fileDigest(path) == segment.fileDigest
        } catch {
            guard error.isMissingFile || error.isUnreadable || error.isPermissionDenied else { throw error }
            return false
        }
    }
}
