/// Packs a full segment: blocks instead of commits, an index behind them, nothing of the room that was not used.
///
/// Whoever calls holds the log's lock, and the segment has its seal: it never changes again.
struct SegmentSealer {
    let directory: String
    let fileSystem: any FileSystem
    /// Asked now and then: whether to give up.
    var isStopped: () -> Bool = { false }

    /// Sealing was given up; the segment is as it was.
    struct Stopped: Error {}

    /// Commits are put together up to this many bytes: large enough to compress well, small enough to be read for the sake
    /// of one record.
    private static let blockBytes = 64 * 1024

    /// Writes the sealed form of a segment; the other is in use until ``removeJournal(_:)``. Reads and writes all of
    /// it, and takes memory for its keys.
    ///
    /// - Throws: ``LogError/refused(_:)`` if the segment is damaged, which is then left as it is; ``Stopped``; a
    ///   ``FileSystemError``.
    func seal(_ name: SegmentName) throws {
        let reader = try SegmentReader(opening: name, in: directory, fileSystem: fileSystem)
        // One that has only its sealed form is opened in that, and there is nothing to do.
        guard reader.header.detail.layout == .journal else { return }
        let sealedName = name.otherForm
        if try fileSystem.isThere("\(directory)/\(sealedName)") {
            // An earlier sealing ended before the journal was removed; or the file came from elsewhere.
            let pair = SegmentPair(journal: name, directory: directory, fileSystem: fileSystem)
            guard let contradiction = try pair.contradiction(in: reader.header.log) else { return }
            throw LogError.notWritten(
                file: "\(directory)/\(sealedName)",
                reason:
                    "a file of that name is there: expected \(contradiction.expected), found \(contradiction.found)")
        }
        let search = FrontierSearch(directory: directory, fileSystem: fileSystem)
        var draft = Draft(
            after: try search.frontier(before: reader.header.name),
            writer: try FrameFileWriter(
                for: Self.header(of: reader.header, detail: .none), as: FileName.unfinishedSealed, in: directory,
                fileSystem: fileSystem))
        do {
            try pack(reader, into: &draft)
            let detail = try draft.writeIndex()
            let header = Self.header(of: reader.header, detail: detail)
            try draft.writer.finish(header, as: "\(sealedName)", replaces: false)
        } catch {
            draft.writer.discard()
            throw error
        }
    }

    /// Puts the sealed form of a segment into the place of its journal. Not synced: a journal that comes back is in use again,
    /// and as good.
    func removeJournal(_ name: SegmentName) throws(FileSystemError) {
        try fileSystem.remove("\(directory)/\(name)")
    }

    private func pack(_ reader: SegmentReader, into draft: inout Draft) throws {
        while true {
            if isStopped() { throw Stopped() }
            switch try reader.next() {
            case .frame(let frame):
                guard frame.kind == .records else { continue }
                if draft.byteCount + frame.body.count > Self.blockBytes { try draft.endBlock() }
                draft.add(frame)
            case .sealed:
                return try draft.endBlock()
            case .end(let defect):
                throw LogError.damage(defect, at: reader.position, in: directory)
            }
        }
    }

    private static func header(of journal: SegmentHeader, detail: SealedDetail?) -> SegmentHeader {
        var header = journal
        header.inFlightLimit = 0
        header.detail = .sealed(detail ?? .unknown(after: journal.previousDigest))
        return header
    }

    /// What of the sealed form is there so far.
    private struct Draft {
        private var index = SealedIndexBuilder()
        private var nodes: SegmentNodesBuilder
        private let treeBefore: MerkleFrontier
        var writer: FrameFileWriter
        /// The records of the block that is being filled.
        private var body: [UInt8] = []
        private var commits: [UInt32] = []
        private var digest: ChainDigest?

        init(after treeBefore: MerkleFrontier, writer: FrameFileWriter) {
            self.treeBefore = treeBefore
            nodes = SegmentNodesBuilder(from: treeBefore.size)
            self.writer = writer
        }

        var byteCount: Int { body.count }

        mutating func add(_ frame: Frame) {
            body += frame.body
            commits += frame.commits
            frame.forEachLeaf { nodes.append($0) }
            digest = frame.digest
        }

        mutating func endBlock() throws(FileSystemError) {
            guard !commits.isEmpty else { return }
            let count = commits.reduce(0, +)
            index.add(body, count: count, firstSequence: writer.nextSequence, at: writer.offset)
            for commit in commits { body.appendLittleEndian(commit) }
            body.appendLittleEndian(UInt32(commits.count))
            try writer.append(.block, body: body, recordCount: count, digest: digest)
            body.removeAll(keepingCapacity: true)
            commits.removeAll(keepingCapacity: true)
        }

        mutating func writeIndex() throws(FileSystemError) -> SealedDetail {
            let bodies = index.bodies()
            var detail = SealedDetail(
                lastSequence: writer.nextSequence - 1, lastDigest: writer.digest, blockTable: UInt64(writer.offset),
                filter: 0, directory: 0, earliest: index.earliest ?? 0, latest: index.latest ?? 0,
                recordBytes: index.recordBytes, nodes: 0, root: nodes.tree(after: treeBefore).root,
                treeBefore: treeBefore)
            try writer.append(.blockTable, body: bodies.table)
            detail.filter = UInt64(writer.offset)
            try writer.append(.filter, body: bodies.filter)
            var directory: [UInt8] = []
            for bucket in bodies.buckets {
                directory.appendLittleEndian(UInt32(writer.offset / 8))
                try writer.append(.bucket, body: bucket)
            }
            detail.directory = UInt64(writer.offset)
            try writer.append(.directory, body: directory)
            detail.nodes = UInt64(writer.offset)
            try writer.append(.nodes, body: nodes.encoded())
            return detail
        }
    }
}
