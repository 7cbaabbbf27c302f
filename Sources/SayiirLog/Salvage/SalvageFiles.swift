/// The files of a log that may be damaged anywhere, and what their names and headers tell without any frame.
struct SalvageFiles {
    /// A segment's file.
    struct Segment {
        var name: SegmentName
        var directory: String
        /// What the header block says; `nil` if it is damaged.
        var header: SegmentHeader?
        /// What the block says once the one bit is turned back that explains the damage: enough to tell the log's identity.
        var restored: SegmentHeader?
        /// What is wrong with the block.
        var defect: String?
        var size: Int

        init(_ name: SegmentName, in directory: String, _ fileSystem: any FileSystem) throws {
            self.name = name
            self.directory = directory
            let file = try fileSystem.open("\(directory)/\(name)", as: .read)
            size = Int(clamping: try file.size())
            do {
                header = try SegmentHeader(of: file, expecting: name)
            } catch SegmentHeader.Defect.newer(let needed, _, _) {
                throw LogError.newerVersion(
                    file: "\(directory)/\(name)", needed: needed, supported: SegmentHeader.version)
            } catch SegmentHeader.Defect.damaged(let text) {
                defect = text
                restored = try file.readBytes(SegmentHeader.byteCount, at: 0).withUnsafeBytes {
                    SegmentHeaderExamination($0, of: .segment(name)).header
                }
            }
        }
    }

    let log: LogID
    /// The segments in order, each number once.
    private(set) var segments: [Segment] = []
    /// Where the log begins, as far as retention tells.
    let beginning: LogBeginning
    /// What is wrong with the list of removals.
    private(set) var removalsDefect: Removals.Defect?
    /// The highest sequence that a snapshot covers, and its file.
    private(set) var covered: (sequence: UInt64, file: String)?

    /// Lists the files and reads their headers.
    ///
    /// - Parameters:
    ///   - directory: The log's directory.
    ///   - archives: Directories to which retention has moved segments.
    ///   - log: The log's identity, in case that no header has it; otherwise it is the one that most have.
    ///   - fileSystem: Where they are.
    /// - Throws: ``LogError`` if the directory is not a log, if nothing tells its identity, or if a file is newer than this library;
    ///   a ``FileSystemError``.
    init(in directory: String, archives: [String], log: LogID?, fileSystem: any FileSystem) throws {
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard !files.segments.isEmpty else {
            throw LogError.notALog(directory: directory, reason: "it has no segment")
        }
        var start = LogBeginning.first
        if files.hasRemovals {
            do {
                start = try LogBeginning(of: files, in: directory, fileSystem: fileSystem)
            } catch let defect as Removals.Defect {
                removalsDefect = defect
            }
        }
        var found: [Segment] = []
        for name in files.segments + files.unfinishedSealed where name.number >= start.number {
            found.append(try Segment(name, in: directory, fileSystem))
        }
        for archive in archives {
            let numbers = Set(found.map(\.name.number))
            for name in try LogFiles(in: archive, fileSystem: fileSystem).segments where !numbers.contains(name.number)
            {
                found.append(try Segment(name, in: archive, fileSystem))
            }
        }
        found.sort { $0.name < $1.name }
        if !archives.isEmpty, let first = found.first?.name, first.number < start.number {
            let sequence = max(1, min(first.firstSequence, Limits.sequences))
            start = LogBeginning(number: first.number, firstSequence: sequence)
        }
        let snapshots = try Self.headers(ofSnapshots: files.snapshots, in: directory, fileSystem)
        let identities = found.compactMap { ($0.header ?? $0.restored)?.log } + snapshots.map(\.1.log)
        let counts = Dictionary(
            (identities + [start.log].compactMap(\.self)).map { ($0, 1) }, uniquingKeysWith: +)
        guard let log = counts.max(by: { $0.value < $1.value })?.key ?? log else {
            throw LogError.refused(Self.nothingTellsIdentity(found.first, in: directory))
        }
        self.log = log
        beginning = start
        for index in found.indices where found[index].header.map({ $0.log != log }) ?? false {
            found[index].header = nil
            found[index].defect = "it is that of another log"
        }
        for (name, header) in snapshots where header.log == log {
            covered = (name.coveredSequence, "\(name)")
        }
        segments = found
        try chooseForms(fileSystem)
    }

    /// Of each segment that is there in several forms, the one with the most whole records stays: the journal if they are even.
    private mutating func chooseForms(_ fileSystem: any FileSystem) throws {
        var chosen: [Segment] = []
        for segment in segments {
            guard let last = chosen.last, last.name.number == segment.name.number else {
                chosen.append(segment)
                continue
            }
            let counts = try (recordCount(last, fileSystem), recordCount(segment, fileSystem))
            if counts.1 > counts.0 { chosen[chosen.count - 1] = segment }
        }
        segments = chosen
    }

    private func recordCount(_ segment: Segment, _ fileSystem: any FileSystem) throws -> Int {
        var walk = try walk(segment, from: segment.name.firstSequence, to: Limits.sequences, digest: nil, fileSystem)
        var count = 0
        while true {
            switch try walk.next() {
            case .frame(let frame, _): count += frame.recordCount
            case .hole: break
            case .end: return count
            }
        }
    }

    /// A walk through a segment of which the header may be missing.
    ///
    /// - Parameter digest: The chain's digest where the segment begins, if it is known from what comes before.
    func walk(
        _ segment: Segment, from least: UInt64, to bound: UInt64, digest: ChainDigest?, _ fileSystem: any FileSystem
    ) throws -> SegmentSalvage {
        let file = try fileSystem.open("\(segment.directory)/\(segment.name)", as: .read)
        let header = segment.header ?? derivedHeader(of: segment, digest: digest)
        let link = segment.header == nil && digest == nil ? SegmentSalvage.Link.none : .joined
        return try SegmentSalvage(file, header, from: least, to: bound, link: link)
    }

    /// The header as far as the file's name, its size and the other files tell it.
    private func derivedHeader(of segment: Segment, digest: ChainDigest?) -> SegmentHeader {
        let digest = digest ?? ChainDigest(genesisOf: log)
        return SegmentHeader(
            number: segment.name.number, inFlightLimit: 0, log: log, firstSequence: max(1, segment.name.firstSequence),
            size: min(UInt64(clamping: segment.size), Limits.segmentBytes), previousDigest: digest, createdAt: 0,
            detail: segment.name.isSealed
                ? .sealed(.unknown(after: digest)) : .journal)
    }

    private static func headers(
        ofSnapshots names: [SnapshotName], in directory: String, _ fileSystem: any FileSystem
    ) throws -> [(SnapshotName, SegmentHeader)] {
        try names.compactMap { name in
            do {
                return (name, try SnapshotFile(name, in: directory, fileSystem: fileSystem).header)
            } catch is SnapshotFile.Defect {
                return nil
            }
        }
    }

    private static func nothingTellsIdentity(_ segment: Segment?, in directory: String) -> Assessment {
        var assessment = Assessment(directory: directory)
        assessment.segment = segment?.name
        assessment.evidence.headerIsBad = true
        assessment.expected = "one file whose header is whole, to tell the log's identity"
        assessment.found = "none"
        return assessment
    }
}
