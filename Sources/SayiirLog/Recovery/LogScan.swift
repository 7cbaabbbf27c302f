/// Reads a whole log from its first record to its end and judges that end.
struct LogScan {
    let directory: String
    let fileSystem: any FileSystem

    /// What stands at the end, for whoever goes on there.
    struct End {
        var header: SegmentHeader
        var position: FramePosition
        /// The largest `durableThrough` of the newest segment.
        var durableThrough: Int
        /// Whether the newest segment has no frame and the one before it lacks its seal: a roll-over cut short.
        var unsealedPredecessor: (name: SegmentName, position: FramePosition)?
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
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard !files.segments.isEmpty else {
            guard files.isFresh && files.hasLock else {
                throw LogError.notALog(directory: directory, reason: "it has no segment")
            }
            return Outcome(assessment: Assessment(directory: directory), end: nil)
        }
        var walk = Walk(assessment: Assessment(directory: directory), segments: files.segments)
        walk.assessment.segmentCount = files.segments.count
        for (index, name) in files.segments.enumerated() {
            let isNewest = index == files.segments.count - 1
            guard let reader = try open(name, &walk), join(reader, &walk) else {
                return Outcome(assessment: walk.assessment, end: nil)
            }
            let defect = try readFrames(of: reader, &walk, visit: visit)
            let examined = try examineEnd(of: reader, defect: defect, isNewest: isNewest, &walk)
            if !examined { return Outcome(assessment: walk.assessment, end: nil) }
        }
        return Outcome(assessment: walk.assessment, end: walk.end)
    }

    /// What is carried from one segment to the next.
    private struct Walk {
        var assessment: Assessment
        var segments: [SegmentName]
        /// Where the segments read so far end.
        var position: FramePosition?
        var unsealed: (name: SegmentName, position: FramePosition)?
        var durableThrough = SegmentHeader.byteCount
        var end: End?

        mutating func damage(
            _ evidence: WritableKeyPath<OpeningEvidence, Bool>, in segment: SegmentName, at offset: Int,
            expected: String, found: String
        ) {
            assessment.evidence[keyPath: evidence] = true
            assessment.segment = segment
            assessment.offset = offset
            assessment.expected = expected
            assessment.found = found
        }
    }

    private func open(_ name: SegmentName, _ walk: inout Walk) throws -> SegmentReader? {
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
        let log = walk.assessment.log ?? header.log
        let expected: (number: UInt32, sequence: UInt64, digest: ChainDigest) =
            walk.position.map { ($0.segment.number + 1, $0.nextSequence, $0.digest) }
            ?? (1, 1, ChainDigest(genesisOf: log))
        guard header.log == log, header.number == expected.number, header.firstSequence == expected.sequence,
            header.previousDigest == expected.digest
        else {
            walk.damage(
                \.earlierIsBad, in: header.name, at: 0,
                expected:
                    "segment \(expected.number) from sequence \(expected.sequence), log \(log), digest \(expected.digest)",
                found:
                    "segment \(header.number) from sequence \(header.firstSequence), log \(header.log), digest \(header.previousDigest)"
            )
            return false
        }
        walk.assessment.log = log
        walk.assessment.head = header.previousDigest
        walk.assessment.durableSequence = header.firstSequence - 1
        walk.durableThrough = SegmentHeader.byteCount
        return true
    }

    /// Reads to the segment's end; returns why the reading ended, `nil` after a seal.
    private func readFrames(
        of reader: SegmentReader, _ walk: inout Walk, visit: (Frame) throws -> Void
    ) throws -> FrameDefect? {
        // Frames that no later frame has promised yet: their ends, and the last sequence before each end.
        var unpromised: [(end: Int, sequence: UInt64)] = []
        while true {
            switch try reader.next() {
            case .frame(let frame):
                walk.assessment.add(frame)
                walk.durableThrough = max(walk.durableThrough, frame.durableThrough)
                unpromised.append((frame.end, walk.assessment.lastSequence))
                if let last = unpromised.lastIndex(where: { $0.end <= walk.durableThrough }) {
                    walk.assessment.durableSequence = unpromised[last].sequence
                    unpromised.removeSubrange(...last)
                }
                try visit(frame)
            case .end(let defect):
                return defect
            case .sealed:
                return nil
            }
        }
    }

    /// Judges what follows the frames of a segment. Returns whether the scan can go on.
    private func examineEnd(
        of reader: SegmentReader, defect: FrameDefect?, isNewest: Bool, _ walk: inout Walk
    ) throws -> Bool {
        let position = reader.position
        walk.assessment.segment = position.segment
        walk.assessment.offset = position.offset
        let size = Int(try reader.file.size())
        let tail = try examineTail(of: reader, defect: defect, size: size, &walk.assessment)
        let isCut = size != position.segmentSize
        let isEmpty = position.offset == SegmentHeader.byteCount && tail == .zero
        let previousUnsealed = walk.unsealed
        if let previousUnsealed, !(isNewest && isEmpty) {
            walk.damage(
                \.earlierIsBad, in: previousUnsealed.name, at: previousUnsealed.position.offset,
                expected: "a seal, since the next segment is in use", found: "zeros")
            return false
        }
        walk.position = position
        if isNewest {
            walk.assessment.evidence.tail = tail
            walk.assessment.evidence.isCut = isCut
            walk.assessment.evidence.isCovered = reader.isSealed
            if isCut {
                walk.assessment.expected = "a file of \(position.segmentSize) bytes"
                walk.assessment.found = "\(size) bytes"
            } else if reader.isSealed {
                walk.assessment.expected = "segment \(position.segment.number + 1), as the seal says"
                walk.assessment.found = "no such file"
            } else if tail != .zero {
                walk.assessment.expected = defect?.expected
                walk.assessment.found = defect?.found
            }
            walk.end = End(
                header: reader.header, position: position, durableThrough: walk.durableThrough,
                unsealedPredecessor: previousUnsealed)
            return true
        }
        guard tail == .zero, !isCut else {
            walk.damage(
                \.earlierIsBad, in: position.segment, at: position.offset,
                expected: isCut
                    ? "a file of \(position.segmentSize) bytes" : defect?.expected ?? "zeros after the seal",
                found: isCut ? "\(size) bytes" : defect?.found ?? "something else")
            return false
        }
        if !reader.isSealed { walk.unsealed = (position.segment, position) }
        return true
    }

    private func examineTail(
        of reader: SegmentReader, defect: FrameDefect?, size: Int, _ assessment: inout Assessment
    ) throws -> OpeningEvidence.Tail {
        let position = reader.position
        let rest = max(0, min(size, position.segmentSize) - position.offset)
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
