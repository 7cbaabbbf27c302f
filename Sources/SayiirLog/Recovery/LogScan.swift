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
        guard let contents = walk.contents else { return Outcome(assessment: walk.assessment, end: nil) }
        guard !contents.segments.isEmpty else { return try withoutSegments(contents, &walk) }
        walk.segments = contents.segments
        walk.assessment.unusedSegments = contents.leftovers
        walk.identity = try LogIdentity(in: directory, fileSystem: fileSystem)?.log
        if start == nil {
            walk.covered = try CoveredSequences(of: contents.files.snapshots, in: directory, fileSystem: fileSystem)
        }
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

    /// Judges a directory without segments: it is no log, or the log is lost, or it was never begun.
    private func withoutSegments(_ contents: LogContents, _ walk: inout Walk) throws -> Outcome {
        if let trace = contents.files.trace {
            walk.damage(
                \.earlierIsBad, inFile: trace, at: 0, expected: "segment \(contents.beginning.number)",
                found: "no segment, though \(trace) shows that a log was here", problem: .lostLog)
        } else if !contents.files.isFresh || !contents.files.hasLock {
            throw LogError.notALog(directory: directory, reason: "it has no segment")
        }
        return Outcome(assessment: walk.assessment, end: nil)
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
            return try passOver(reader, of: contents, &walk)
        }
        if let start, name.number == start.segment {
            if reader.header.detail.layout == .journal,
                try !PositionEvidence(reader: reader).precedes(start)
            {
                walk.damage(
                    \.isCovered, in: name, at: start.offset,
                    expected: "a frame that ends there with sequence \(start.sequence), which a snapshot covers",
                    found: "none")
                return false
            }
            try reader.move(to: start, in: contents.directory(of: name), fileSystem: fileSystem)
            walk.begin(at: start)
        }
        let tail = try readSettled(reader, &walk, visit: visit)
        if reader.isSealed && walk.isAtNewest { try walk.addSuccessors(of: name, from: self) }
        if let pair = pair(of: reader.header.name, contents),
            let contradiction = try pair.contradiction(of: reader, in: reader.header.log)
        {
            walk.damage(contradiction, in: name)
            return false
        }
        return try walk.isAtNewest ? judgeNewest(reader, tail, &walk) : judgeEarlier(reader, tail, &walk)
    }

    /// Takes note of a segment that comes before the start, after a look at what can be told without reading it. Whatever is wrong, a
    /// reading of the whole log gives the verdict.
    private func passOver(_ reader: SegmentReader, of contents: LogContents, _ walk: inout Walk) throws -> Bool {
        let name = reader.header.name
        if let contradiction = try pair(of: name, contents)?.contradiction(in: reader.header.log) {
            walk.damage(contradiction, in: name)
            return false
        }
        let size = try reader.file.size()
        guard size == Int64(reader.header.size) else {
            walk.damage(
                \.earlierIsBad, in: name, at: 0, expected: "a file of \(reader.header.size) bytes",
                found: "\(size) bytes")
            return false
        }
        walk.passOver(reader)
        guard reader.header.detail.layout == .journal else { return true }
        guard let end = try PositionEvidence(reader: reader).sealedEnd() else {
            walk.damage(\.earlierIsBad, in: name, at: 0, expected: "a seal at its end", found: "none")
            return false
        }
        walk.previous?.nextSequence = end.nextSequence
        walk.previous?.digest = end.digest
        return true
    }

    /// The two forms of a segment, if both are there.
    private func pair(of name: SegmentName, _ contents: LogContents) -> SegmentPair? {
        guard !name.isSealed, contents.files.unfinishedSealed.contains(name.otherForm) else { return nil }
        return SegmentPair(journal: name, directory: directory, fileSystem: fileSystem)
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
                let pair = walk.contents.flatMap { self.pair(of: name, $0) }
                walk.damage(
                    \.headerIsBad, in: name, at: 0, expected: "a segment header that fits its name", found: text,
                    problem: try pair?.isSealedFormWhole() == true ? .strayFile("\(name)") : .damagedFile)
                return nil
            }
        }
    }

    /// Checks that a segment continues the one before it, or starts the log.
    private func join(_ reader: SegmentReader, _ walk: inout Walk) -> Bool {
        let header = reader.header
        let beginning = walk.contents?.beginning ?? .first
        let log = walk.assessment.log ?? walk.identity ?? beginning.log ?? header.log
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
                    "segment \(header.number) from sequence \(header.firstSequence), log \(header.log), digest \(header.previousDigest)",
                problem: problem(of: header, in: log, expecting: expected.0)
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

    /// Returns the problem of a segment that does not continue the one before it.
    private func problem(of header: SegmentHeader, in log: LogID, expecting number: UInt32) -> Assessment.Problem {
        if header.log != log || header.number < number { return .strayFile("\(header.name)") }
        return header.number > number ? .missingSegment(number) : .damagedFile
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
            walk.assessment.problem = .missingSegment(position.segment.number + 1)
        } else if covered > walk.assessment.lastSequence {
            walk.assessment.expected = "records up to sequence \(covered), which a snapshot covers"
            walk.assessment.found = "none after sequence \(walk.assessment.lastSequence)"
        } else if let contradiction = walk.contradictionBySnapshots() {
            walk.assessment.evidence.isCovered = true
            walk.assessment.expected = contradiction.expected
            walk.assessment.found = contradiction.found
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
                guard error.isMissingFile || error.isUnreadable else { throw error }
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
