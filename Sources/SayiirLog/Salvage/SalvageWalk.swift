/// What a salvage carries from one segment to the next: the report so far, and the hole of which it is not known yet how many
/// records are lost in it.
struct SalvageWalk {
    var report: SalvageReport
    /// The sequence that comes next if nothing is missing.
    private(set) var nextSequence: UInt64
    /// The chain's digest there; `nil` if it is not known.
    private(set) var digest: ChainDigest?
    /// The damage that ends where the next whole frame, or something else that has a sequence, is met.
    private(set) var open: SalvageDamage?
    /// Whether the last segment that was read says that another one follows it.
    var isSealed = false
    /// Whether nothing is missing between the last frame and where the walk stands.
    private var isContinuous = true
    /// Whether the last frame with records is all of its run so far.
    private var isRunOpen = false
    private var nextNumber: UInt32
    /// The last sequence of which a lost frame's header speaks.
    private var lostThrough: UInt64 = 0

    init(_ files: SalvageFiles) {
        report = SalvageReport(log: files.log)
        let beginning = files.beginning
        report.firstSequence = beginning.firstSequence
        nextSequence = beginning.firstSequence
        nextNumber = beginning.number
        digest = beginning.digest ?? (beginning.number == 1 ? ChainDigest(genesisOf: files.log) : nil)
        if let defect = files.removalsDefect {
            open = SalvageDamage(
                file: FileName.removals, offset: defect.offset, byteCount: 0,
                reason:
                    "expected \(defect.expected), found \(defect.found); it would tell whether what is missing in front was removed"
            )
        }
    }

    /// Comes to a segment's file.
    ///
    /// - Parameters:
    ///   - segment: The file.
    ///   - bound: The first sequence of a later segment, by its header: a name that says more is wrong.
    mutating func begin(_ segment: SalvageFiles.Segment, bound: UInt64) {
        if segment.name.number > nextNumber {
            let last = segment.name.number - 1
            let names = last == nextNumber ? "segment \(last)" : "segments \(nextNumber) to \(last)"
            if open == nil {
                open = SalvageDamage(file: names, offset: 0, byteCount: 0, reason: "there is no such file")
            } else {
                open?.reason += "; \(names): there is no such file"
            }
            // Even if none of its records is missing, what the chain says of it is.
            digest = nil
        }
        nextNumber = max(nextNumber, segment.name.number) &+ 1
        meet(min(segment.name.firstSequence, bound), digest: segment.header?.previousDigest, in: segment)
        guard let defect = segment.defect else { return }
        report.damages.append(
            SalvageDamage(
                file: "\(segment.name)", offset: 0, byteCount: min(SegmentHeader.byteCount, segment.size),
                reason: "the header block: \(defect)"))
    }

    /// Comes to something that says which sequence is next, and which digest if it says that.
    mutating func meet(_ sequence: UInt64, digest found: ChainDigest?, in segment: SalvageFiles.Segment) {
        if sequence > nextSequence {
            open =
                open
                ?? SalvageDamage(
                    file: "\(segment.name)", offset: 0, byteCount: 0, reason: "what comes before it is missing")
        }
        let hadHole = open != nil
        close(before: sequence)
        isContinuous = isContinuous && !hadHole && (found ?? digest) == digest
        guard let found else {
            if hadHole { digest = nil }
            return
        }
        if found == digest {
            confirmRun()
        } else if let digest, !hadHole {
            report.damages.append(
                SalvageDamage(
                    file: "\(segment.name)", offset: 0, byteCount: 0,
                    reason: "expected chain digest \(digest), found \(found)", breaksChain: true))
        }
        digest = found
    }

    mutating func take(_ hole: SegmentSalvage.Hole, in segment: SalvageFiles.Segment) {
        lostThrough = max(lostThrough, hole.lostThrough ?? 0)
        if let known = open, known.file == "\(segment.name)", known.offset + known.byteCount == hole.range.lowerBound {
            open?.byteCount += hole.range.count
            return
        }
        open = SalvageDamage(
            file: "\(segment.name)", offset: hole.range.lowerBound, byteCount: hole.range.count,
            reason: "expected \(hole.defect.expected), found \(hole.defect.found)")
    }

    mutating func take(_ frame: Frame, _ link: SegmentSalvage.Link) {
        let isJoined = link == .joined && open == nil && isContinuous
        isContinuous = true
        if isJoined {
            confirmRun()
        } else if open == nil, frame.firstSequence > nextSequence {
            open = SalvageDamage(
                file: "\(frame.segment)", offset: frame.offset, byteCount: 0, reason: "what comes before it is missing")
        }
        // Nothing lies between two whole frames, and still the chain says that they do not belong together.
        if open?.byteCount == 0, open?.file == "\(frame.segment)", frame.firstSequence == nextSequence {
            open?.breaksChain = true
        }
        close(before: frame.firstSequence)
        nextSequence = frame.firstSequence + UInt64(frame.recordCount)
        digest = frame.digest
        guard frame.kind.holdsRecords else { return }
        add(frame, isJoined ? .before : link == .none ? .checksums : .header)
    }

    private mutating func add(_ frame: Frame, _ proof: SalvagedRun.Proof) {
        let last = frame.firstSequence + UInt64(frame.recordCount) - 1
        let end = report.runs.last?.sequences.upperBound ?? report.firstSequence - 1
        // Behind a hole whatever the frame is joined to is a header.
        let proof = proof == .before && end + 1 != frame.firstSequence ? .header : proof
        if proof == .before, let run = report.runs.last {
            report.runs[report.runs.count - 1].sequences = run.sequences.lowerBound...last
        } else {
            report.runs.append(
                SalvagedRun(
                    sequences: frame.firstSequence...last, newFirst: report.recordCount + 1, proof: proof))
        }
        isRunOpen = true
        report.frameCount += 1
        report.commitCount += frame.commitCount
        report.recordCount += UInt64(frame.recordCount)
        report.recordBytes += UInt64(frame.body.count)
    }

    /// What follows the last frame continues its digest.
    private mutating func confirmRun() {
        guard isRunOpen, open == nil, report.runs.last?.proof == .checksums else { return }
        report.runs[report.runs.count - 1].proof = .after
    }

    /// Settles what was lost in the hole, now that the next sequence behind it is known.
    private mutating func close(before sequence: UInt64) {
        isRunOpen = isRunOpen && open == nil
        guard var damage = open else { return }
        open = nil
        if sequence > nextSequence {
            damage.missing = nextSequence...(sequence - 1)
            nextSequence = sequence
        }
        report.damages.append(damage)
    }

    /// The file is shorter than it was made.
    mutating func noteCut(_ segment: SalvageFiles.Segment, to size: Int) {
        let text = "the file ends at \(segment.size), and had at least \(size) bytes"
        if open != nil {
            open?.reason += "; \(text)"
        } else {
            open = SalvageDamage(
                file: "\(segment.name)", offset: segment.size, byteCount: 0, reason: text)
        }
    }

    /// Something is wrong with no record lost.
    mutating func note(_ defect: FrameDefect, at offset: Int, in segment: SalvageFiles.Segment) {
        report.damages.append(
            SalvageDamage(
                file: "\(segment.name)", offset: offset, byteCount: 0,
                reason: "the index: expected \(defect.expected), found \(defect.found)"))
    }

    /// Ends behind the last segment.
    ///
    /// - Parameter tail: The opening rule for the hole that is open, if it is the only evidence.
    func finish(_ files: SalvageFiles, tail: OpeningRule?) -> SalvageReport {
        var walk = self
        var lostThrough = lostThrough
        if let covered = files.covered, covered.sequence >= nextSequence {
            lostThrough = max(lostThrough, covered.sequence)
            walk.open =
                walk.open
                ?? SalvageDamage(
                    file: covered.file, offset: 0, byteCount: 0,
                    reason: "it covers the records to sequence \(covered.sequence)")
        } else if isSealed, open == nil {
            walk.open = SalvageDamage(
                file: "segment \(nextNumber)", offset: 0, byteCount: 0,
                reason: "there is no such file, and the segment before it says that there was")
        }
        guard walk.open != nil else { return walk.report }
        let isCovered = (files.covered?.sequence ?? 0) >= nextSequence
        let isTorn = tail?.verdict == .torn && !isCovered && !isSealed
        if isTorn { lostThrough = 0 }
        walk.open?.isTorn = isTorn
        walk.open?.mayMissMore = !isTorn
        walk.close(before: max(nextSequence, lostThrough + 1))
        return walk.report
    }
}
