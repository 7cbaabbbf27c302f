/// What a salvage of a log found: what is whole, and what is not.
package struct SalvageReport: Sendable {
    /// The log's identity.
    package internal(set) var log: LogID
    /// How many frames are whole that hold records, and how many commits and records are in them.
    package internal(set) var frameCount = 0
    package internal(set) var commitCount = 0
    package internal(set) var recordCount: UInt64 = 0
    /// How many bytes these records have, uncompressed.
    package internal(set) var recordBytes: UInt64 = 0
    /// The first sequence of the log that retention did not take away.
    package internal(set) var firstSequence: UInt64 = 1
    /// The whole records, as runs of sequences without a hole.
    package internal(set) var runs: [SalvagedRun] = []
    /// Everything that is wrong, in the log's order.
    package internal(set) var damages: [SalvageDamage] = []
    /// The keys of which sealed segments say that they had records in blocks that are lost.
    package internal(set) var lostKeys = LostKeys()

    /// Whether nothing is known to be missing, or may be.
    package var isComplete: Bool { !damages.contains(where: \.isLoss) }

    /// How many records are known to be missing.
    package var missingCount: UInt64 { damages.reduce(0) { $0 + UInt64($1.missing?.count ?? 0) } }
}

/// Whole records between two holes.
package struct SalvagedRun: Hashable, Sendable {
    /// What the chain says of a run's first frame, apart from its own checksums.
    package enum Proof: String, Hashable, Sendable {
        /// It continues the frame before the hole: no record between them is missing.
        case before
        /// It continues what the header of a lost frame, or of its segment, says.
        case header
        /// What follows continues it.
        case after
        /// Nothing but its own checksums.
        case checksums
    }

    /// The sequences in the old log.
    package internal(set) var sequences: ClosedRange<UInt64>
    /// The sequence that the first of them has when all runs are numbered from 1 on without gaps.
    package internal(set) var newFirst: UInt64
    package internal(set) var proof: Proof
}

/// A part of a log that is not as it was written, and what was lost with it.
package struct SalvageDamage: Hashable, Sendable {
    /// The file, or which are missing.
    package internal(set) var file: String
    /// Where in the file, and how far it reaches there; 0 bytes where nothing but the chain is wrong.
    package internal(set) var offset: Int
    package internal(set) var byteCount: Int
    /// What is wrong.
    package internal(set) var reason: String
    /// The records that are known to be missing.
    package internal(set) var missing: ClosedRange<UInt64>?
    /// Whether more may be missing, and nothing tells how many.
    package internal(set) var mayMissMore = false
    /// Whether it is the end of a commit that a crash cut, and that was never acknowledged.
    package internal(set) var isTorn = false
    /// Whether the records on both sides are whole, and the chain says that they do not belong together.
    package internal(set) var breaksChain = false

    /// Whether something acknowledged is, or may be, missing or replaced.
    package var isLoss: Bool { missing != nil || mayMissMore || breaksChain }
}

/// The keys that had records in lost blocks, as far as an index tells: by half of their hash.
package struct LostKeys: Sendable {
    private var hashes: Set<UInt64> = []

    /// How many there are.
    package var count: Int { hashes.count }

    /// Whether a key is among them.
    package func contains(_ key: String) -> Bool { !hashes.isEmpty && hashes.contains(KeyHash(key).a) }

    mutating func insert(_ hash: UInt64) { hashes.insert(hash) }
}
