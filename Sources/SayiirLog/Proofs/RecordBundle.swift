internal import SayiirText

/// The records of one key, and what else belongs to them, each with the proof that a log has it. It needs no log: it can be kept, sent, and
/// checked elsewhere.
///
/// ```swift
/// let bundle = try RecordBundle(decoding: bytes)
/// guard bundle.unproven(in: trustedHead).isEmpty else { … }
/// ```
///
/// That a record is proven says that the log has it, at this sequence, with these bytes. Whether the log has more records of the key, only
/// the log tells.
public struct RecordBundle: Hashable, Sendable {
    /// A record and its proof.
    public struct Entry: Hashable, Sendable {
        /// The record.
        public let record: LogRecord
        /// The record's bytes, as they are hashed: see `docs/FORMAT.md`, "Body".
        public let bytes: [UInt8]
        /// Why it belongs to the log.
        public let proof: InclusionProof

        /// Puts an entry together; `nil` unless the bytes are one record.
        init?(_ bytes: [UInt8], _ proof: InclusionProof) {
            guard let record = LogRecord(decoding: bytes, sequence: proof.sequence) else { return nil }
            (self.record, self.bytes, self.proof) = (record, bytes, proof)
        }
    }

    /// A record that the log has and the bundle does not show: only its hash, and the proof of that.
    public struct Withheld: Hashable, Sendable {
        /// The hash of the record's bytes, as a leaf of the tree.
        public let leaf: TreeHash
        /// Why it belongs to the log.
        public let proof: InclusionProof
    }

    /// What the bundle says of the log that it is from. Of this only ``head`` is ever proven, by who trusts it.
    public struct Origin: Hashable, Sendable {
        /// The log's identity.
        public var log: LogID
        /// The tree in which the records are proven.
        public var head: TreeHead
        /// How many records the log had when the bundle was made.
        public var lastSequence: UInt64
        /// The chain's digest after them.
        public var chainHead: ChainDigest
    }

    /// Where the records are from.
    public let origin: Origin
    /// The key of all records that are events.
    public let key: String
    /// The records, by rising sequence.
    public let entries: [Entry]
    /// The records that are withheld, by rising sequence. None of them is among ``entries``.
    public let withheld: [Withheld]

    /// Puts a bundle together.
    ///
    /// - Throws: ``RecordBundleError/damaged(offset:reason:)`` if the entries are not in order, or not of one key.
    init(_ entries: [Entry], withholding withheld: [Withheld] = [], from origin: Origin) throws(RecordBundleError) {
        guard let key = entries.first(where: { $0.record.kind == .event })?.record.key else {
            throw .damaged(offset: RecordBundle.headerBytes, reason: "none of its records is an event")
        }
        var last: UInt64 = 0
        for entry in entries {
            let record = entry.record
            guard record.sequence > last, record.sequence <= origin.head.size else {
                throw .damaged(
                    offset: RecordBundle.headerBytes,
                    reason: "record \(record.sequence) stands behind \(last) in a tree of \(origin.head.size)")
            }
            guard record.kind != .event || record.key.isExactly(key) else {
                throw .damaged(offset: RecordBundle.headerBytes, reason: "its events are of several keys")
            }
            last = record.sequence
        }
        let shown = Set(entries.map(\.record.sequence))
        var lastWithheld: UInt64 = 0
        for record in withheld {
            let sequence = record.proof.sequence
            guard sequence > lastWithheld, sequence <= origin.head.size, !shown.contains(sequence) else {
                throw .damaged(
                    offset: RecordBundle.headerBytes,
                    reason: "withheld record \(sequence) stands behind \(lastWithheld), or is there twice")
            }
            lastWithheld = sequence
        }
        (self.origin, self.key, self.entries, self.withheld) = (origin, key, entries, withheld)
    }

    /// The sequences of the records, withheld ones included, that are not proven to be in a log with this head: none if all is well.
    ///
    /// - Parameter head: The head that is trusted; the one that the bundle itself names if `nil`, which shows that the bundle fits together
    ///   and no more.
    public func unproven(in head: TreeHead? = nil) -> [UInt64] {
        let head = head ?? origin.head
        let shown = entries.filter {
            $0.proof.treeSize != head.size || !$0.proof.verify(record: $0.bytes, root: head.root)
        }.map(\.record.sequence)
        let hidden = withheld.filter {
            $0.proof.treeSize != head.size || $0.proof.root(ofLeaf: $0.leaf) != head.root
        }.map(\.proof.sequence)
        return hidden.isEmpty ? shown : (shown + hidden).sorted()
    }
}

/// Why some bytes are no bundle.
public enum RecordBundleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// They do not begin as one.
    case notABundle
    /// A newer version of this library made it.
    case newer(version: UInt32)
    /// It was cut or changed.
    case damaged(offset: Int, reason: String)

    /// What is wrong, in words that go on behind a colon.
    public var description: String {
        switch self {
        case .notABundle: "it does not begin with SAYIIRCB, as a case bundle does"
        case .newer(let version): "it has version \(version), and this program knows version \(RecordBundle.version)"
        case .damaged(let offset, let reason): "it is damaged at offset \(offset): \(reason)"
        }
    }
}
