import SayiirTesting

@testable import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a log must hold, kept beside it: every commit, and how many of them a crash must leave.
struct LogModel {
    /// One commit, as it was submitted.
    struct Commit {
        var firstSequence: UInt64
        var records: [Record]
        /// The records as the log stores them, before compression.
        var bytes: [UInt8]
        /// The chain digest after it.
        var digest: ChainDigest
        /// What the log amounts to after it.
        var contents: Contents

        var lastSequence: UInt64 { firstSequence + UInt64(records.count) - 1 }
    }

    struct Record: Equatable {
        var sequence: UInt64
        var key: String
        var byteCount: Int
        var checksum: UInt32
    }

    let log: LogID
    /// The commits that were acknowledged, or found at an opening.
    private(set) var commits: [Commit] = []
    /// How many of them are on stable storage.
    private(set) var durableCount = 0
    /// What was submitted and not acknowledged: it may be found or not.
    private(set) var inFlight: Commit?
    /// The last sequence that retention took away.
    var removedThrough: UInt64 = 0
    /// Up to where a retention that did not come to its end may have taken records away.
    var removingThrough: UInt64?
    /// The last sequence that the newest acknowledged snapshot covers.
    var snapshotSequence: UInt64?
    /// From where on records are needed beside each snapshot that was begun, by what it covers.
    var neededFrom: [UInt64: UInt64] = [:]

    init(log: LogID) { self.log = log }

    var last: Commit? { commits.last }
    var lastSequence: UInt64 { last?.lastSequence ?? 0 }
    var head: ChainDigest { last?.digest ?? ChainDigest(genesisOf: log) }
    var contents: Contents { last?.contents ?? Contents() }
    var durableSequence: UInt64 { durableCount == 0 ? 0 : commits[durableCount - 1].lastSequence }

    /// The commits that may be found, in order.
    var possibleCommits: [Commit] { commits + (inFlight.map { [$0] } ?? []) }

    // MARK: What happens

    mutating func submit(_ batches: [RecordBatch], records: [(key: String, payload: [UInt8])]) {
        let first = lastSequence + 1
        let bytes = batches.flatMap(\.bytes)
        var contents = contents
        var list: [Record] = []
        for (key, payload) in records {
            contents.take(key, payload[...])
            list.append(
                Record(
                    sequence: first + UInt64(list.count), key: key, byteCount: payload.count,
                    checksum: payload.withUnsafeBytes { crc32c($0) }))
        }
        let digest = bytes.withUnsafeBytes {
            head.appending(records: $0, firstSequence: first, recordCount: UInt32(list.count))
        }
        inFlight = Commit(firstSequence: first, records: list, bytes: bytes, digest: digest, contents: contents)
    }

    /// What is in flight was refused before anything was written.
    mutating func refuse() { inFlight = nil }

    mutating func acknowledge() {
        if let inFlight { commits.append(inFlight) }
        inFlight = nil
    }

    /// All that was acknowledged is on stable storage, but for the last `count` commits.
    mutating func becomeDurable(exceptLast count: Int = 0) { durableCount = max(durableCount, commits.count - count) }

    /// The log was opened and ends with a sequence: everything after it is gone, and the rest is durable.
    mutating func settle(at sequence: UInt64) throws {
        let found = possibleCommits
        let count = found.prefix { $0.lastSequence <= sequence }.count
        let end = count == 0 ? 0 : found[count - 1].lastSequence
        try expect(end == sequence, "the log ends with sequence \(sequence), inside of a commit or behind all")
        try expect(
            count >= durableCount, "the log ends with sequence \(sequence), and \(durableSequence) was durable")
        commits = Array(found.prefix(count))
        durableCount = count
        inFlight = nil
    }

    /// The log says that records up to a sequence were removed: a retention that was cut short took place, or did not.
    mutating func settleRemovals(_ removed: [RemovedSegment]) throws {
        let through = removed.last?.lastSequence ?? 0
        try expect(
            through == removedThrough || through == removingThrough,
            "records up to sequence \(through) are removed, not up to \(removedThrough)")
        removedThrough = through
        removingThrough = nil
    }

    // MARK: Questions

    /// The records of a key that retention has left.
    func records(of key: String) -> [Record] {
        commits.flatMap { $0.records.filter { $0.key == key && $0.sequence > removedThrough } }
    }

    /// The place of the first commit that ends with a sequence or behind it, among those that may be found.
    func place(of sequence: UInt64) -> Int {
        var low = 0
        var high = commits.count
        while low < high {
            let middle = (low + high) / 2
            if commits[middle].lastSequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A commit among those that may be found.
    func commit(at place: Int) -> Commit? {
        place < commits.count ? commits[place] : place == commits.count ? inFlight : nil
    }

    /// The digest after a sequence at which a commit ends.
    func digest(after sequence: UInt64) -> ChainDigest? {
        guard sequence > 0 else { return ChainDigest(genesisOf: log) }
        guard let commit = commit(at: place(of: sequence)), commit.lastSequence == sequence else { return nil }
        return commit.digest
    }

    /// Holds a frame to the commits that it should have.
    func check(_ frame: Frame) throws {
        guard frame.kind.holdsRecords else {
            try expect(
                digest(after: frame.firstSequence - 1) == frame.digest,
                "a frame without records before sequence \(frame.firstSequence) has another digest")
            return
        }
        var place = place(of: frame.firstSequence)
        var start = 0
        var digest: ChainDigest?
        for count in frame.commits {
            guard let commit = commit(at: place), start < frame.body.count,
                commit.records.count == Int(count), commit.bytes.count <= frame.body.count - start,
                start > 0 || commit.firstSequence == frame.firstSequence,
                Self.areEqual(commit.bytes, frame.body, from: start)
            else {
                throw SimulationFailure(
                    description: "the frame at sequence \(frame.firstSequence) holds other commits than were submitted")
            }
            digest = commit.digest
            start += commit.bytes.count
            place += 1
        }
        try expect(
            start == frame.body.count && digest == frame.digest,
            "the frame at sequence \(frame.firstSequence) holds more than was submitted, or has another digest")
    }

    private static func areEqual(_ bytes: [UInt8], _ others: [UInt8], from start: Int) -> Bool {
        bytes.withUnsafeBytes { left in
            others.withUnsafeBytes { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return bytes.isEmpty }
                return memcmp(left, right + start, bytes.count) == 0
            }
        }
    }
}

/// What a log amounts to, as a fold that is easy to check: for each key the number of its records and a checksum over their
/// payloads, one after the other.
struct Contents: Equatable {
    struct Sum: Equatable {
        var count: UInt64 = 0
        var checksum: UInt32 = 0
    }

    private(set) var keys: [String: Sum] = [:]

    mutating func take(_ key: String, _ payload: ArraySlice<UInt8>) {
        var sum = keys[key] ?? Sum()
        sum.count += 1
        sum.checksum = payload.withUnsafeBytes { crc32c($0, continuing: sum.checksum) }
        keys[key] = sum
    }

    /// Adds what there is to a snapshot, one entry a key, each with some bytes of ballast.
    func write(to entries: inout SnapshotEntries, ballast: Int) throws(LogError) {
        for (key, sum) in keys.sorted(by: { $0.key < $1.key }) {
            try entries.append(kind: RecordKind(rawValue: 16), key: key) { bytes in
                bytes.appendLittleEndian(sum.count)
                bytes.appendLittleEndian(sum.checksum)
                bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: sum.count), count: ballast)
            }
        }
    }

    mutating func restore(_ entry: LogRecord) {
        entry.payload.withUnsafeBytes { bytes in
            keys[entry.key] = Sum(
                count: bytes.loadLittleEndian(0, as: UInt64.self),
                checksum: bytes.loadLittleEndian(8, as: UInt32.self))
        }
    }
}

/// Something that must not be, found by the simulation.
package struct SimulationFailure: Error, CustomStringConvertible {
    /// What is wrong, where, and how to see it again.
    package var description: String
}

func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    guard condition else { throw SimulationFailure(description: text()) }
}
