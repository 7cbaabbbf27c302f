extension LogScan {
    /// What is carried from one segment to the next.
    struct Walk {
        var assessment: Assessment
        var contents: LogContents?
        /// The log that the directory says it holds.
        var identity: LogID?
        /// What the log's snapshots say of its chain.
        var covered = CoveredSequences()
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

        /// What a snapshot of the log says that its frames contradict.
        func contradictionBySnapshots() -> (expected: String, found: String)? {
            guard let log = assessment.log else { return nil }
            return covered.contradiction(in: log, through: assessment.lastSequence)
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
                found: "no such file", problem: .missingSegment(number))
        }

        /// Notes that both forms of a segment are there, and contradict each other.
        mutating func damage(_ pair: SegmentPair.Contradiction, in segment: SegmentName) {
            damage(
                isAtNewest ? \.isCovered : \.earlierIsBad, in: segment, at: 0, expected: pair.expected,
                found: pair.found, problem: .strayFile("\(pair.stray)"))
        }

        mutating func take(_ frame: Frame) {
            covered.take(frame, after: assessment.head)
            assessment.add(frame)
            durableThrough = max(durableThrough, frame.durableThrough)
            unpromised.append((frame.end, assessment.lastSequence))
            guard let last = unpromised.lastIndex(where: { $0.end <= durableThrough }) else { return }
            assessment.durableSequence = unpromised[last].sequence
            unpromised.removeSubrange(...last)
        }

        mutating func damage(
            _ evidence: WritableKeyPath<OpeningEvidence, Bool>, in segment: SegmentName? = nil,
            inFile file: String? = nil, at offset: Int, expected: String, found: String,
            problem: Assessment.Problem = .damagedFile
        ) {
            assessment.evidence[keyPath: evidence] = true
            assessment.segment = segment
            assessment.otherFile = file
            assessment.offset = offset
            assessment.expected = expected
            assessment.found = found
            assessment.problem = problem
        }
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
