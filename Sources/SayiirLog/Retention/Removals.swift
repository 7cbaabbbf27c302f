/// The file `REMOVED`: where a log begins since segments were taken from its front, and what these were.
struct Removals {
    /// The header's statement: number, first sequence and digest of the first segment that is left.
    let header: SegmentHeader
    /// The tree over all records that were removed.
    let tree: MerkleFrontier
    private(set) var segments: [RemovedSegment]

    /// Why the file cannot be believed.
    struct Defect: Error {
        var offset: Int
        var expected: String
        var found: String
    }

    /// Reads the file of a directory.
    ///
    /// - Throws: a ``Defect`` if it is damaged, ``LogError/newerVersion(file:needed:supported:)``, or a ``FileSystemError``.
    init(in directory: String, fileSystem: any FileSystem) throws {
        let path = "\(directory)/\(FileName.removals)"
        let file = try fileSystem.open(path, as: .read)
        do {
            header = try SegmentHeader(of: file)
        } catch SegmentHeader.Defect.newer(let needed, _, _) {
            throw LogError.newerVersion(file: path, needed: needed, supported: SegmentHeader.version)
        } catch SegmentHeader.Defect.damaged(let text) {
            throw Defect(offset: 0, expected: "a header block", found: text)
        }
        segments = []
        guard case .removals(let detail) = header.detail, try file.size() == Int64(header.size) else {
            throw Defect(offset: 0, expected: "the header and length of a list of removals", found: "others")
        }
        tree = detail.treeBefore
        let count = detail.entryCount
        let reader = SegmentReader(file, header)
        while case .frame(let frame) = try reader.next() {
            segments += frame.records.compactMap { RemovedSegment($0) }
        }
        guard reader.isSealed, reader.position.offset == Int(header.size), segments.count == Int(count) else {
            throw Defect(
                offset: reader.position.offset, expected: "\(count) entries and a seal",
                found: "\(segments.count) entries before something else")
        }
    }

    /// Replaces the file of a directory, durably.
    static func write(
        _ segments: [RemovedSegment], logBeginningAt first: SegmentHeader, after tree: MerkleFrontier, createdAt: Int64,
        in directory: String,
        fileSystem: any FileSystem
    ) throws {
        let header = SegmentHeader(
            number: first.number, inFlightLimit: 0, log: first.log, firstSequence: first.firstSequence,
            size: UInt64(SegmentHeader.byteCount), previousDigest: first.previousDigest, createdAt: createdAt,
            detail: .removals(RemovalsDetail(entryCount: UInt64(segments.count), treeBefore: tree)))
        var writer = try FrameFileWriter(
            for: header, as: FileName.unfinishedRemovals, in: directory, fileSystem: fileSystem)
        do {
            var rest = segments[...]
            while !rest.isEmpty {
                var batch = RecordBatch()
                for segment in rest.prefix(1000) { try segment.append(to: &batch) }
                rest = rest.dropFirst(1000)
                try writer.appendRecords(batch.bytes, count: UInt32(batch.count))
            }
            try writer.finish(header, as: FileName.removals, replaces: true)
        } catch {
            writer.discard()
            throw error
        }
    }
}
