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

extension LogPosition {
    /// The place as text, to be kept somewhere else: its four parts in order.
    package var text: String { "\(segment) \(offset) \(sequence) \(digest)" }

    /// Reads what ``text`` gives; `nil` if the text is something else, or a place that no log has.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, let segment = UInt32(parts[0]), let offset = Int(parts[1]),
            let sequence = UInt64(parts[2]),
            let digest = ChainDigest(parts[3]), (0...1 << 40).contains(offset), sequence < .max
        else { return nil }
        self.init(segment: segment, offset: offset, sequence: sequence, digest: digest)
    }
}
