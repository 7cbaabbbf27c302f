/// Holds what snapshots say of the chain against the log's frames as they pass.
package struct SnapshotFit: Sendable {
    private let snapshots: [LogSnapshot]
    /// The chain's digest after the last frame; `nil` where it is not known.
    private var digest: ChainDigest?
    /// The first sequence behind which the chain's digests are known.
    private var firstSequence: UInt64?
    private var lastSequence: UInt64 = 0
    /// What the log has at the sequences that snapshots cover.
    private var found: [UInt64: ChainDigest] = [:]

    /// Begins before the first frame, where the digest may be known.
    init(_ snapshots: [LogSnapshot], digest: ChainDigest?) {
        self.snapshots = snapshots
        self.digest = digest
    }

    /// Takes the next frame.
    package mutating func take(_ frame: Frame) {
        let end = frame.firstSequence + UInt64(frame.recordCount)
        firstSequence = firstSequence ?? (digest == nil ? end : frame.firstSequence)
        note(frame.firstSequence - 1, digest)
        if frame.commitCount > 1,
            snapshots.contains(where: { (frame.firstSequence..<end).contains($0.coveredSequence) })
        {
            if let digest { frame.forEachCommitEnd(after: digest) { note($0, $1) } }
        }
        note(end - 1, frame.digest)
        digest = frame.digest
        lastSequence = end - 1
    }

    private mutating func note(_ sequence: UInt64, _ digest: ChainDigest?) {
        guard let digest, snapshots.contains(where: { $0.coveredSequence == sequence }) else { return }
        found[sequence] = digest
    }

    /// Why a snapshot that is whole does not fit the log, which is then damaged; `nil` if it fits, is damaged itself, is another
    /// log's, or covers what was not read.
    ///
    /// - Parameters:
    ///   - snapshot: One of those that this was made of.
    ///   - assessment: What the whole reading came to.
    package func contradiction(of snapshot: LogSnapshot, in assessment: Assessment) -> String? {
        guard snapshot.defect == nil, let expected = snapshot.digest else { return nil }
        let sequence = snapshot.coveredSequence
        if let digest = found[sequence] {
            return digest == expected
                ? nil : "its chain digest at sequence \(sequence) is \(expected), the log's is \(digest)"
        }
        // Of what retention took away nothing can be said, and of a log that ends before the sequence the verdict speaks.
        guard assessment.verdict != .corrupt, let firstSequence,
            (firstSequence...max(firstSequence, lastSequence)).contains(sequence)
        else {
            return nil
        }
        return "no commit of the log ends with sequence \(sequence)"
    }
}

extension LogReader {
    /// What holds snapshots against the log, while that is verified.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``.
    package func fit(of snapshots: [LogSnapshot]) throws -> SnapshotFit {
        SnapshotFit(snapshots, digest: try firstHeader()?.previousDigest)
    }
}
