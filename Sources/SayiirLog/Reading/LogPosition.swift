/// A place between two commits of a log: what came before is one thing, for good.
public struct LogPosition: Hashable, Sendable {
    /// The segment in which the log goes on.
    let segment: UInt32
    /// Where, in the segment's journal.
    let offset: Int
    /// The last sequence before the place; 0 at the beginning.
    public let sequence: UInt64
    /// The chain digest there.
    public let digest: ChainDigest

    init(segment: UInt32, offset: Int, sequence: UInt64, digest: ChainDigest) {
        self.segment = segment
        self.offset = offset
        self.sequence = sequence
        self.digest = digest
    }

    init(_ position: FramePosition) {
        self.init(
            segment: position.segment.number, offset: position.offset, sequence: position.nextSequence - 1,
            digest: position.digest)
    }
}
