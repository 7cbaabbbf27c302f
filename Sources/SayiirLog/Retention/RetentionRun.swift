internal import Crypto

/// Applies a retention policy to a directory. Removing needs the log's lock; planning needs nothing.
struct RetentionRun {
    let directory: String
    let fileSystem: any FileSystem

    /// What would go. Reads headers; and, if something would go, the two snapshots whole that this relies on.
    func plan(_ retention: Retention, now: Int64) throws -> RetentionPlan {
        let contents = try LogContents(in: directory, fileSystem: fileSystem)
        var sealed: [RetainedSegment] = []
        var otherBytes: Int64 = 0
        for name in contents.segments {
            let file = try fileSystem.open("\(directory)/\(name)", as: .read)
            let size = try file.size()
            guard name.isSealed, otherBytes == 0 else {
                otherBytes += size
                continue
            }
            let segment = try SealedSegment(name, in: directory, fileSystem: fileSystem)
            sealed.append(
                RetainedSegment(
                    name: name, lastSequence: segment.detail.lastSequence, latestTimestamp: segment.detail.latest,
                    byteCount: size))
        }
        let snapshots = Array(contents.files.snapshots.suffix(SnapshotFile.keptCount))
        var need = try need(of: snapshots, isWhole: false)
        func plan() -> RetentionPlan {
            RetentionPlan(
                retention, sealed: sealed, otherBytes: otherBytes, neededFrom: need.from, obstacle: need.obstacle,
                now: now)
        }
        guard !plan().removed.isEmpty else { return plan() }
        need = try self.need(of: snapshots, isWhole: true)
        return plan()
    }

    /// The sequence before which nothing is needed any more: by what lives, and by either of the newest two snapshots, should the
    /// other turn out to be damaged. Or why all is needed.
    private func need(
        of snapshots: [SnapshotName], isWhole: Bool
    ) throws -> (from: UInt64, obstacle: String?) {
        guard snapshots.count == SnapshotFile.keptCount else {
            let found = snapshots.isEmpty ? "there is no snapshot" : "there is 1 snapshot"
            return (0, "\(found), and without two everything stays")
        }
        var needed = UInt64.max
        for name in snapshots {
            do {
                let snapshot = try SnapshotFile(name, in: directory, fileSystem: fileSystem)
                if isWhole { try snapshot.read() }
                needed = min(needed, snapshot.detail.neededFrom, name.coveredSequence + 1)
            } catch is SnapshotFile.Defect {
                return (0, "\(name) is damaged, and without two whole snapshots everything stays")
            }
        }
        return (needed, nil)
    }

    /// Removes or moves what the plan says, which was made just now. `didRemove` is told which segments are gone, once they are:
    /// their files may be there still if this throws then.
    func apply(
        _ plan: RetentionPlan, archive: String?, now: Int64, didRemove: ([SegmentName]) -> Void = { _ in }
    ) throws {
        guard let last = plan.removed.last else { return }
        let contents = try LogContents(in: directory, fileSystem: fileSystem)
        guard let next = contents.segments.first(where: { $0 > last.name }) else { return }
        let firstLeft = try SegmentReader(opening: next, in: directory, fileSystem: fileSystem).header
        var entries: [RemovedSegment] = []
        let archive = try archive.map {
            try SegmentArchive(claiming: $0, for: firstLeft.log, in: directory, fileSystem: fileSystem)
        }
        for segment in plan.removed {
            entries.append(try remember(segment, archive: archive, now: now))
        }
        let tree = try SealedSegment(last.name, in: directory, fileSystem: fileSystem).treeAfter()
        try record(entries, hadRemovals: contents.files.hasRemovals, firstLeft, after: tree, now: now)
        didRemove(plan.removed.map(\.name))
        for segment in plan.removed { try fileSystem.remove("\(directory)/\(segment.name)") }
    }

    private func record(
        _ entries: [RemovedSegment], hadRemovals: Bool, _ firstLeft: SegmentHeader, after tree: MerkleFrontier,
        now: Int64
    ) throws {
        do {
            let earlier =
                hadRemovals ? try Removals(in: directory, fileSystem: fileSystem).segments : []
            try Removals.write(
                earlier + entries, logBeginningAt: firstLeft, after: tree, createdAt: now, in: directory,
                fileSystem: fileSystem)
        } catch let defect as Removals.Defect {
            throw defect.error(in: directory)
        }
    }

    /// What stays known of a segment. Copies it to the archive first, if there is one.
    private func remember(
        _ segment: RetainedSegment, archive: SegmentArchive?, now: Int64
    ) throws -> RemovedSegment {
        let sealed = try SealedSegment(segment.name, in: directory, fileSystem: fileSystem)
        let digest = try fileDigest("\(directory)/\(segment.name)")
        try archive?.take(segment.name, digest: digest)
        return RemovedSegment(
            name: segment.name, lastSequence: segment.lastSequence, lastDigest: sealed.detail.lastDigest,
            fileDigest: digest, byteCount: segment.byteCount, latestTimestamp: segment.latestTimestamp,
            removedAt: now, isArchived: archive != nil)
    }

    /// The SHA-256 of a file.
    func fileDigest(_ path: String) throws(FileSystemError) -> [UInt8] {
        let file = try fileSystem.open(path, as: .read)
        var hash = SHA256()
        var offset: Int64 = 0
        while true {
            let bytes = try file.readBytes(1024 * 1024, at: offset)
            if bytes.isEmpty { return Array(hash.finalize()) }
            hash.update(data: bytes)
            offset += Int64(bytes.count)
        }
    }
}
