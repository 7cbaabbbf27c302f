/// Writes snapshots into a log's directory. Whoever calls holds the log's lock.
struct SnapshotWriting {
    let directory: String
    let fileSystem: any FileSystem

    /// What a snapshot says beside its entries.
    struct Content: Sendable {
        var position: LogPosition
        var log: LogID
        var createdAt: Int64
        var contentVersion: UInt32
        var neededFrom: UInt64
    }

    /// Writes a snapshot; it counts once this returns, and not before. Removes all but the newest two. Returns the file's length.
    func write(
        _ content: Content, entries: (inout SnapshotEntries) throws(LogError) -> Void
    ) throws -> Int {
        let position = content.position
        let name = SnapshotName(coveredSequence: position.sequence)
        var detail = SnapshotDetail(
            offset: UInt64(position.offset), contentVersion: content.contentVersion, entryCount: 0,
            neededFrom: content.neededFrom)
        var header = SegmentHeader(
            number: position.segment, inFlightLimit: 0, log: content.log, firstSequence: position.sequence + 1,
            size: UInt64(SegmentHeader.byteCount), previousDigest: position.digest, createdAt: content.createdAt,
            detail: .snapshot(detail))
        var list = SnapshotEntries(
            writer: try FrameFileWriter(
                for: header, as: FileName.unfinishedSnapshot, in: directory, fileSystem: fileSystem))
        let byteCount: Int
        do {
            try entries(&list)
            detail.entryCount = list.count
            header.detail = .snapshot(detail)
            byteCount = try list.finish(header, as: name)
        } catch {
            list.discard()
            throw error
        }
        try removeOld(of: content.log)
        return byteCount
    }

    /// Removes the log's own snapshots but for the newest; what came from elsewhere is left, and counts for nothing.
    private func removeOld(of log: LogID) throws {
        let snapshots = try LogFiles(in: directory, fileSystem: fileSystem).snapshots
        guard snapshots.count > SnapshotFile.keptCount else { return }
        let own = try snapshots.filter { name in
            do {
                return try SnapshotFile(name, in: directory, fileSystem: fileSystem).header.log == log
            } catch is SnapshotFile.Defect {
                return false
            }
        }
        for name in own.dropLast(SnapshotFile.keptCount) { try fileSystem.remove("\(directory)/\(name)") }
    }
}
