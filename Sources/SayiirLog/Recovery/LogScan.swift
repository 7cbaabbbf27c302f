/// Reads a log from its first record, or from a place that is known, to its end and judges that end.
///
/// A writer may be at work meanwhile. The scan then ends somewhere in what the log held while it ran: an end that looks
/// damaged is read again, since a commit may have been on its way.
struct LogScan {
    let directory: String
    let fileSystem: any FileSystem
    /// Where segments are that retention has moved away.
    var archives: [String] = []
    /// Where to begin; at the log's first record if `nil`. Of the segments before, the headers are read.
    var start: LogPosition?
    /// Asked when an end looks damaged twice: whether to wait a little and look once more.
    var isUnsettled: () throws -> Bool = { false }

    /// What stands at the end, for whoever goes on there.
    struct End {
        var header: SegmentHeader
        var position: FramePosition
        /// The largest `durableThrough` of the newest segment.
        var durableThrough: Int
        /// If the newest segment has no frame and the one before it is a journal: that one's seal.
        var precedingSeal: PrecedingSeal?
    }

    struct Outcome {
        var assessment: Assessment
        /// `nil` if the log has no segment, or its end could not be reached.
        var end: End?
    }

    /// Examines the log, calling `visit` with every valid frame up to the end or the first damage.
    ///
    /// - Throws: ``LogError/notALog(directory:reason:)``, ``LogError/newerVersion(file:needed:supported:)``, a
    ///   ``FileSystemError``, or whatever `visit` throws. Damage is not thrown; it is the verdict.
    func run(visit: (Frame) throws -> Void) throws -> Outcome {
        var walk = Walk(assessment: Assessment(directory: directory))
        do {
            walk.contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
        } catch let defect as Removals.Defect {
            walk.damage(
                \.headerIsBad, inFile: FileName.removals, at: defect.offset, expected: defect.expected,
                found: defect.found)
            return Outcome(assessment: walk.assessment, end: nil)
        }
        guard let contents = walk.contents, !contents.segments.isEmpty else {
            guard let files = walk.contents?.files, files.isFresh, files.hasLock else {
                throw LogError.notALog(directory: directory, reason: "it has no segment")
            }
            return Outcome(assessment: walk.assessment, end: nil)
        }
        walk.segments = contents.segments
        if let start, let first = contents.segments.first, first.number > start.segment {
            walk.damage(
                \.earlierIsBad, in: first, at: 0, expected: "segment \(start.segment), which a snapshot needs",
                found: "no such file")
        } else {
            while let name = walk.nextSegment {
                walk.index += 1
                guard try read(name, of: contents, &walk, visit: visit) else { break }
            }
        }
        walk.assessment.segmentCount = walk.segments.count
        return Outcome(assessment: walk.assessment, end: walk.end)
    }

    /// Reads a segment, or only its header if all of it comes before the start. Returns whether the scan can go on.
    private func read(
        _ name: SegmentName, of contents: LogContents, _ walk: inout Walk, visit: (Frame) throws -> Void
    ) throws -> Bool {
        guard let reader = try open(name, &walk), join(reader, &walk) else { return false }
        if let start, name.number < start.segment {
            guard !walk.isAtNewest else {
                walk.missesSegment(start.segment, after: name)
                return false
            }
            walk.passOver(reader)
            return true
        }
        if let start, name.number == start.segment {
            try reader.move(to: start, in: contents.directory(of: name), fileSystem: fileSystem)
            walk.begin(at: start)
        }
        let tail = try readSettled(reader, &walk, visit: visit)
        if reader.isSealed && walk.isAtNewest { try walk.addSuccessors(of: name, from: self) }
        return try walk.isAtNewest ? judgeNewest(reader, tail, &walk) : judgeEarlier(reader, tail, &walk)
    }

    /// What is carried from one segment to the next.
    private struct Walk {
        var assessment: Assessment
        var contents: LogContents?
        var segments: [SegmentName] = []
        /// The place in `segments` behind the one that is being read.
        var index = 0
        /// Where the segment before ends, as far as it is known.
        var previous: PreviousEnd?
        /// The segment before the one that is being read, if it had no seal, or only parts of it.
        var unsealed: SegmentReader?
        /// The seal of the segment before, if that is a journal.
        var precedingSeal: PrecedingSeal?
        /// Frames of the segment that no later frame has promised yet: their ends, and the last sequence before each end.
        var unpromised: [(end: Int, sequence: UInt64)] = []
        var durableThrough = SegmentHeader.byteCount
        var end: End?

        /// What a segment's successor must continue; `nil` for what was not read.
        struct PreviousEnd {
            var number: UInt32
            var nextSequence: UInt64?
            var digest: ChainDigest?
            /// Of a sealed segment that was read: the tree over all records before its successor.
            var tree: MerkleFrontier?
            /// The first sequence of the segment, which its successor's cannot be below.
            var least: UInt64
        }

        var nextSegment: SegmentName? { index < segments.count ? segments[index] : nil }
        var isAtNewest: Bool { index == segments.count }

        /// Takes in what a writer added since the files were listed.
        mutating func addSuccessors(of name: SegmentName, from scan: LogScan) throws {
            // By number: the segment itself may have been sealed since, which is another name.
            segments += try LogFiles(in: scan.directory, fileSystem: scan.fileSystem).segments
                .filter { $0.number > name.number }
        }

        /// Takes note of a segment of which only the header was read.
        mutating func passOver(_ reader: SegmentReader) {
            previous = PreviousEnd(
                number: reader.header.number, nextSequence: nil, digest: nil,
                least: reader.header.firstSequence)
            precedingSeal = nil
            if case .sealed(let detail) = reader.header.detail {
                previous?.nextSequence = detail.lastSequence + 1
                previous?.digest = detail.lastDigest
            }
        }

        /// What the place where the reading begins says, which is durable.
        mutating func begin(at start: LogPosition) {
            assessment.lastSequence = start.sequence
            assessment.durableSequence = start.sequence
            assessment.head = start.digest
            durableThrough = max(durableThrough, start.offset)
        }

        mutating func missesSegment(_ number: UInt32, after name: SegmentName) {
            damage(
                \.isCovered, in: name, at: 0, expected: "segment \(number), of which a snapshot speaks",
                found: "no such file")
        }

        mutating func take(_ frame: Frame) {
            assessment.add(frame)
            durableThrough = max(durableThrough, frame.durableThrough)
            unpromised.append((frame.end, assessment.lastSequence))
            guard let last = unpromised.lastIndex(where: { $0.end <= durableThrough }) else { return }
            assessment.durableSequence = unpromised[last].sequence
            unpromised.removeSubrange(...last)
        }

        mutating func damage(
            _ evidence: WritableKeyPath<OpeningEvidence, Bool>, in segment: SegmentName? = nil,
            inFile file: String? = nil, at offset: Int, expected: String, found: String
        ) {
            assessment.evidence[keyPath: evidence] = true
            assessment.segment = segment
            assessment.otherFile = file
            assessment.offset = offset
            assessment.expected = expected
            assessment.found = found
        }
    }

    private func open(_ name: SegmentName, _ walk: inout Walk) throws -> SegmentReader? {
        let directory = walk.contents?.directory(of: name) ?? directory
        do {
            return try SegmentReader(name, in: directory, fileSystem: fileSystem)
        } catch let defect as SegmentHeader.Defect {
            switch defect {
            case .newer(let needed, _, _):
                throw LogError.newerVersion(
                    file: "\(directory)/\(name)", needed: needed, supported: SegmentHeader.version)
            case .damaged(let text):
                walk.damage(
                    \.headerIsBad, in: name, at: 0, expected: "a segment header that fits its name", found: text)
                return nil
            }
        }
    }

    /// Checks that a segment continues the one before it, or starts the log.
    private func join(_ reader: SegmentReader, _ walk: inout Walk) -> Bool {
        let header = reader.header
        let beginning = walk.contents?.beginning ?? .first
        let log = walk.assessment.log ?? beginning.log ?? header.log
        let expected =
            walk.previous.map { ($0.number + 1, $0.nextSequence, $0.digest) }
            ?? (
                beginning.number, beginning.firstSequence,
                beginning.digest ?? (beginning.number == 1 ? ChainDigest(genesisOf: log) : nil)
            )
        guard header.log == log, header.number == expected.0,
            header.firstSequence == expected.1 ?? header.firstSequence,
            header.firstSequence >= walk.previous?.least ?? 0,
            header.previousDigest == expected.2 ?? header.previousDigest
        else {
            walk.damage(
                \.earlierIsBad, in: header.name, at: 0,
                expected:
                    "segment \(expected.0) from sequence \(expected.1.map { "\($0)" } ?? "of any number"), log \(log), digest \(expected.2.map { "\($0)" } ?? "of any value")",
                found:
                    "segment \(header.number) from sequence \(header.firstSequence), log \(header.log), digest \(header.previousDigest)"
            )
            return false
        }
        let tree = walk.previous.map(\.tree) ?? beginning.tree
        if case .sealed(let detail) = header.detail, let tree, tree != detail.treeBefore {
            walk.damage(
                \.earlierIsBad, in: header.name, at: 0, expected: "a tree of root \(tree.root) before it",
                found: "one of root \(detail.treeBefore.root)")
            return false
        }
        walk.assessment.log = log
        walk.assessment.head = header.previousDigest
        walk.assessment.lastSequence = header.firstSequence - 1
        walk.assessment.durableSequence = header.firstSequence - 1
        walk.durableThrough = SegmentHeader.byteCount
        walk.unpromised = []
        return true
    }

    /// What follows the frames of a segment.
    private struct Tail {
        var content: OpeningEvidence.Tail
        /// Why the reading ended; `nil` after a seal.
        var defect: FrameDefect?
        /// The file's length.
        var size: Int
    }

    /// Reads all frames of a segment and looks at what follows, until nothing does or it no longer changes.
    private func readSettled(
        _ reader: SegmentReader, _ walk: inout Walk, visit: (Frame) throws -> Void
    ) throws -> Tail {
        var lastOffset: Int?
        while true {
            let defect = try readFrames(of: reader, &walk, visit: visit)
            let size = Int(try reader.file.size())
            if reader.header.detail.layout == .sealed {
                // Nothing changes in it any more, and nothing follows.
                return Tail(
                    content: defect == nil ? .zero : .damaged(isPromised: true, isTooLong: false, frame: .inconsistent),
                    defect: defect, size: size)
            }
            let content = try examineTail(of: reader, defect: defect, size: size, &walk.assessment)
            let isSettled = try content == .zero || (lastOffset == reader.position.offset && !isUnsettled())
            if isSettled { return Tail(content: content, defect: defect, size: size) }
            lastOffset = reader.position.offset
        }
    }

    /// Reads to where the valid frames end; returns why they do, `nil` after a seal.
    private func readFrames(
        of reader: SegmentReader, _ walk: inout Walk, visit: (Frame) throws -> Void
    ) throws -> FrameDefect? {
        while true {
            switch try reader.next() {
            case .frame(let frame):
                walk.take(frame)
                try visit(frame)
            case .end(let defect):
                return defect
            case .sealed:
                return reader.header.detail.layout == .sealed ? try reader.indexDefect() : nil
            }
        }
    }

    /// Judges a segment that has a successor. Returns whether the scan can go on.
    private func judgeEarlier(_ reader: SegmentReader, _ tail: Tail, _ walk: inout Walk) throws -> Bool {
        let position = reader.position
        guard try isSealInPlace(beforeSegmentInUse: true, &walk) else { return false }
        guard tail.size == position.segmentSize else {
            walk.damage(
                \.earlierIsBad, in: position.segment, at: position.offset,
                expected: "a file of \(position.segmentSize) bytes", found: "\(tail.size) bytes")
            return false
        }
        walk.precedingSeal = PrecedingSeal(behind: reader)
        guard try tail.content == .zero || walk.precedingSeal?.isTorn(in: reader) == true else {
            walk.damage(
                \.earlierIsBad, in: position.segment, at: position.offset,
                expected: tail.defect?.expected ?? "zeros after the seal",
                found: tail.defect?.found ?? "something else")
            return false
        }
        walk.previous = Walk.PreviousEnd(
            number: position.segment.number, nextSequence: position.nextSequence, digest: position.digest,
            tree: reader.treeAfter, least: reader.header.firstSequence)
        walk.unsealed = reader.isSealed ? nil : reader
        return true
    }

    /// Judges the newest segment: gathers the evidence for the opening rule.
    private func judgeNewest(_ reader: SegmentReader, _ tail: Tail, _ walk: inout Walk) throws -> Bool {
        let position = reader.position
        let isInUse = position.offset > SegmentHeader.byteCount || tail.content != .zero
        guard try isSealInPlace(beforeSegmentInUse: isInUse, &walk) else { return false }
        walk.assessment.segment = position.segment
        walk.assessment.offset = position.offset
        walk.assessment.evidence.tail = tail.content
        walk.assessment.evidence.isCut = tail.size != position.segmentSize
        let covered = try sequenceCoveredBySnapshots(walk)
        walk.assessment.evidence.isCovered = reader.isSealed || covered > walk.assessment.lastSequence
        if walk.assessment.evidence.isCut {
            walk.assessment.expected = "a file of \(position.segmentSize) bytes"
            walk.assessment.found = "\(tail.size) bytes"
        } else if reader.isSealed {
            walk.assessment.expected = "segment \(position.segment.number + 1), as the seal says"
            walk.assessment.found = "no such file"
        } else if covered > walk.assessment.lastSequence {
            walk.assessment.expected = "records up to sequence \(covered), which a snapshot covers"
            walk.assessment.found = "none after sequence \(walk.assessment.lastSequence)"
        } else if tail.content != .zero {
            walk.assessment.expected = tail.defect?.expected
            walk.assessment.found = tail.defect?.found
        }
        walk.end = End(
            header: reader.header, position: position, durableThrough: walk.durableThrough,
            precedingSeal: isInUse ? nil : walk.precedingSeal)
        return true
    }

    /// The last sequence of which a snapshot of this log speaks. A header is enough: the file got its name when it was whole.
    private func sequenceCoveredBySnapshots(_ walk: Walk) throws(FileSystemError) -> UInt64 {
        for name in walk.contents?.files.snapshots.reversed() ?? [] {
            do {
                let snapshot = try SnapshotFile(name, in: directory, fileSystem: fileSystem)
                if snapshot.header.log == walk.assessment.log { return name.coveredSequence }
            } catch let error as FileSystemError {
                // A writer that is at work keeps the newest two.
                guard error.isMissingFile else { throw error }
            } catch {
                // Of what is damaged, opening and verifying tell elsewhere.
            }
        }
        return 0
    }

    /// Whether the segment before ends as it must: with a seal, unless the next one was never used.
    private func isSealInPlace(beforeSegmentInUse isInUse: Bool, _ walk: inout Walk) throws -> Bool {
        guard isInUse, let previous = walk.unsealed else { return true }
        // A live writer may have added the seal after that segment was read, and before it used the next one.
        if case .frame(let seal) = try previous.next(), seal.kind == .seal {
            walk.assessment.frameCount += 1
            walk.unsealed = nil
            return true
        }
        walk.damage(
            \.earlierIsBad, in: previous.position.segment, at: previous.position.offset,
            expected: "a seal, since the next segment is in use", found: "zeros, or a part of one")
        return false
    }

    private func examineTail(
        of reader: SegmentReader, defect: FrameDefect?, size: Int, _ assessment: inout Assessment
    ) throws -> OpeningEvidence.Tail {
        let position = reader.position
        let end = min(size, position.segmentSize)
        // Nearly always there is nothing, and a segment has much room.
        guard try reader.file.hasContent(from: position.offset, to: end) else {
            assessment.damagedBytes = 0
            return .zero
        }
        let rest = max(0, end - position.offset)
        let buffer = GrowingBuffer()
        buffer.reserve(rest)
        let count = try reader.file.readFully(into: buffer.bytes(0, rest), at: Int64(position.offset))
        let examiner = TailExaminer(
            bytes: UnsafeRawBufferPointer(buffer.bytes(0, count)), position: position,
            defect: defect ?? .inconsistent(expected: "zeros after the seal", found: "something else"),
            inFlightLimit: Int(reader.header.inFlightLimit))
        assessment.damagedBytes = examiner.endOfDamage - position.offset
        return examiner.tail()
    }
}

extension Assessment {
    fileprivate mutating func add(_ frame: Frame) {
        frameCount += 1
        recordCount += UInt64(frame.recordCount)
        recordBytes += UInt64(frame.body.count)
        lastSequence = frame.firstSequence + UInt64(frame.recordCount) - 1
        head = frame.digest
    }
}
