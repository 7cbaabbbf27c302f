/// Finds how far the tree over a log's records has come where a segment begins.
///
/// A sealed segment says it of its own beginning, and its nodes of its end; `REMOVED` says it of the place where the log begins. So it
/// is a matter of reading a header or two, unless journals come before: their records are hashed.
struct FrontierSearch {
    let directory: String
    var archives: [String] = []
    let fileSystem: any FileSystem

    /// The tree over all records before a segment.
    ///
    /// - Throws: ``LogError/refused(_:)`` if something that is needed for it is damaged; a ``FileSystemError``.
    func frontier(before name: SegmentName) throws -> MerkleFrontier {
        let contents = try contents()
        if name.isSealed { return try sealed(name, in: contents).detail.treeBefore }
        let earlier = contents.segments.filter { $0.number < name.number }
        let sealed = earlier.lastIndex(where: \.isSealed)
        var frontier =
            if let sealed {
                try self.sealed(earlier[sealed], in: contents).treeAfter()
            } else {
                contents.beginning.tree ?? MerkleFrontier()
            }
        for journal in earlier[(sealed.map { $0 + 1 } ?? 0)...] {
            try add(journal, in: contents.directory(of: journal), to: &frontier)
        }
        guard frontier.size == name.firstSequence - 1 else {
            throw SegmentHeader.Defect.damaged("the records before it end with sequence \(frontier.size)")
                .error(of: name, in: directory)
        }
        return frontier
    }

    /// A sealed segment of the log.
    func sealed(_ name: SegmentName) throws -> SealedSegment { try sealed(name, in: contents()) }

    /// The tree over all records before the log's first; `nil` if nobody knows it.
    func beginning() throws -> MerkleFrontier? { try contents().beginning.tree }

    private func contents() throws -> LogContents {
        do {
            return try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
        } catch let defect as Removals.Defect {
            throw defect.error(in: directory)
        }
    }

    private func sealed(_ name: SegmentName, in contents: LogContents) throws -> SealedSegment {
        try SealedSegment(name, in: contents.directory(of: name), fileSystem: fileSystem)
    }

    private func add(_ journal: SegmentName, in directory: String, to frontier: inout MerkleFrontier) throws {
        let reader = try SegmentReader(opening: journal, in: directory, fileSystem: fileSystem)
        while true {
            switch try reader.next() {
            case .frame(let frame): frame.forEachLeaf { frontier.append(leaf: $0) }
            case .sealed: return
            case .end(let defect): throw LogError.damage(defect, at: reader.position, in: directory)
            }
        }
    }
}
