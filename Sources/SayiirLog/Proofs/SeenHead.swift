/// The head of a log as somebody wrote it down when the log was shorter: the chain's, with the sequence or without, or the tree's.
package struct SeenHead: Sendable {
    /// How many records the log had; `nil` if only the chain's digest was written down.
    package let sequence: UInt64?
    /// The digest, if the head is the chain's.
    let chain: ChainDigest
    /// The root, if the head is the tree's, of which the size is always known.
    let root: TreeHash?

    /// Reads `DIGEST` or `SEQUENCE:DIGEST`; `nil` if the text is neither.
    package init?(_ text: some StringProtocol) {
        if let digest = ChainDigest(text) {
            (sequence, chain, root) = (nil, digest, nil)
        } else if let head = TreeHead(text), let digest = ChainDigest(head.root.description) {
            (sequence, chain, root) = (head.size, digest, head.root)
        } else {
            return nil
        }
    }
}

/// Looks for a head that was seen while the log's frames pass.
package struct SeenHeadSearch {
    /// What came of it.
    package enum Outcome: Hashable, Sendable {
        /// The log had this head behind a record, and has gone on from there.
        case extends(sequence: UInt64)
        /// The log was seen to end with this sequence, and has another chain digest there, or no commit that ends there, and
        /// another root.
        case differs(sequence: UInt64, chain: ChainDigest?, root: TreeHash?)
        /// The log ends before the sequence that was seen.
        case ends(before: UInt64)
        /// No commit of the log has this digest behind it, and all commits were looked at.
        case isNowhere
        /// Retention took away the records to the seen sequence; the list of removals says that the chain had this digest there.
        case isRecorded(sequence: UInt64)
        /// Retention took away the place where the head was seen, or may have: nothing is left that tells.
        case isRemoved(before: UInt64)
    }

    private let seen: SeenHead
    /// The last sequence before the log's first record.
    private let start: UInt64
    private var digest: ChainDigest?
    private var foundAt: UInt64?
    /// The chain's digest at the seen sequence, if a commit ends there.
    private var digestThere: ChainDigest?

    init(_ seen: SeenHead, from start: UInt64, digest: ChainDigest?) {
        self.seen = seen
        self.start = start
        self.digest = digest
        if let digest { note(start, digest) }
    }

    /// Takes the next frame.
    package mutating func take(_ frame: Frame) {
        guard frame.recordCount > 0 else { return }
        let last = frame.firstSequence + UInt64(frame.recordCount) - 1
        if frame.commitCount > 1, let digest, seen.sequence.map({ (frame.firstSequence...last).contains($0) }) ?? true {
            frame.forEachCommitEnd(after: digest) { note($0, $1) }
        }
        note(last, frame.digest)
        digest = frame.digest
    }

    private mutating func note(_ sequence: UInt64, _ digest: ChainDigest) {
        if sequence == seen.sequence { digestThere = digest }
        guard digest == seen.chain, sequence == seen.sequence ?? sequence else { return }
        foundAt = sequence
    }

    /// What the search came to.
    ///
    /// - Parameters:
    ///   - lastSequence: The last sequence that has passed.
    ///   - root: The tree's root at the seen sequence, if it is known.
    ///   - removed: The segments that retention took away.
    package func outcome(lastSequence: UInt64, root: TreeHash?, removed: [RemovedSegment]) -> Outcome {
        if let foundAt { return .extends(sequence: foundAt) }
        guard let sequence = seen.sequence else {
            if let segment = removed.first(where: { $0.lastDigest == seen.chain }) {
                return .isRecorded(sequence: segment.lastSequence)
            }
            return start == 0 ? .isNowhere : .isRemoved(before: start + 1)
        }
        if let root, root == seen.root { return .extends(sequence: sequence) }
        if sequence > lastSequence { return .ends(before: sequence) }
        if sequence >= start { return .differs(sequence: sequence, chain: digestThere, root: root) }
        return removed.contains { $0.lastSequence == sequence && $0.lastDigest == seen.chain }
            ? .isRecorded(sequence: sequence) : .isRemoved(before: start + 1)
    }
}

extension LogReader {
    /// What looks for a head while the log is verified.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``.
    package func search(for seen: SeenHead) throws -> SeenHeadSearch {
        let first = try firstHeader()
        return SeenHeadSearch(seen, from: (first?.firstSequence ?? 1) - 1, digest: first?.previousDigest)
    }

    /// The log's identity; `nil` if there is no segment yet, or if the first one's header is damaged.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``.
    package func log() throws -> LogID? { try firstHeader()?.log }

    /// The header of the log's first segment; `nil` if there is none, or if it is damaged, of which the verification speaks.
    func firstHeader() throws -> SegmentHeader? {
        do {
            let contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
            guard let first = contents.segments.first else { return nil }
            return try SegmentReader(first, in: contents.directory(of: first), fileSystem: fileSystem).header
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        } catch {
            return nil
        }
    }
}

extension Frame {
    /// Calls `visit` with the last sequence of each commit and the chain's digest after it, in order.
    ///
    /// - Parameter digest: The chain's digest before the frame.
    func forEachCommitEnd(after digest: ChainDigest, _ visit: (UInt64, ChainDigest) -> Void) {
        var digest = digest
        var sequence = firstSequence
        forEachCommit { records, count in
            digest = records.withUnsafeBytes {
                digest.appending(records: $0, firstSequence: sequence, recordCount: count)
            }
            sequence += UInt64(count)
            visit(sequence - 1, digest)
        }
    }
}
