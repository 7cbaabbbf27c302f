import SayiirTesting
import Testing

@testable import SayiirLog

@Suite struct RecordBundleTests {
    /// The bundle of a key of a log, as the tree of so many records proves it.
    private func bundle(
        of key: String, on disk: InMemoryFileSystem, size: UInt64? = nil
    ) throws -> RecordBundle? {
        let reader = LogReader(directory: "log", fileSystem: disk)
        var builder = RecordBundleBuilder()
        let assessment = try reader.verify { frame in builder.take(frame) { $0.key == key } }
        let head = try #require(try reader.treeHead(at: size))
        return try builder.bundle(of: reader, try #require(RecordBundle.Origin(assessment, head: head)))
    }

    /// A bundle of three records of five.
    private func small() throws -> RecordBundle {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk)
        for (number, key) in ["a", "b", "a", "b", "a"].enumerated() {
            var batch = RecordBatch()
            try batch.append(kind: .event, key: key, timestamp: Int64(number), payload: [UInt8(number), 7])
            _ = try log.journal.commit([batch])
        }
        return try #require(try bundle(of: "a", on: disk))
    }

    /// The bytes with the checksum that somebody would give them who knows the format.
    private func resealed(_ bytes: [UInt8]) -> [UInt8] {
        let content = bytes.dropLast(32)
        return content + RecordBundle.checksum(of: content)
    }

    @Test(
        "a bundle has all records of its key, from sealed segments and others, each with the proof that it has by itself"
    )
    func records() throws {
        let log = try SealedLog(segments: 5, journalCount: 2)
        let reader = LogReader(directory: "log", fileSystem: log.disk)
        for key in ["instance-3", "instance-17"] {
            let bundle = try #require(try bundle(of: key, on: log.disk))
            #expect(bundle.key == key)
            #expect(bundle.entries.map { Array($0.record.payload) } == log.payloads(of: key))
            for entry in bundle.entries {
                #expect(entry.proof == (try reader.inclusionProof(of: entry.record.sequence)))
                #expect(entry.bytes == (try reader.recordBytes(of: entry.record.sequence)))
            }
            #expect(bundle.unproven().isEmpty)
            #expect(bundle.unproven(in: try reader.treeHead()).isEmpty)
            #expect(try RecordBundle(decoding: bundle.encoded) == bundle)
        }
    }

    @Test("records are proven in the tree of then, unless they came later")
    func sizes() throws {
        let log = try SealedLog(segments: 5)
        let reader = LogReader(directory: "log", fileSystem: log.disk)
        let whole = try #require(try bundle(of: "instance-3", on: log.disk))
        let last = try #require(whole.entries.last?.record.sequence)
        let then = try #require(try bundle(of: "instance-3", on: log.disk, size: last))
        #expect(then.unproven(in: try reader.treeHead(at: last)).isEmpty)
        #expect(then.unproven(in: try reader.treeHead()) == then.entries.map(\.record.sequence))
        #expect(try bundle(of: "instance-3", on: log.disk, size: last - 1) == nil)
    }

    @Test("another root proves none of the records")
    func otherRoot() throws {
        let bundle = try small()
        let other = TreeHead(size: bundle.origin.head.size, root: TreeHash(bundle.origin.head.root, .ofNothing))
        #expect(bundle.unproven(in: other) == [1, 3, 5])
    }

    @Test("a replay shows the records as a log would")
    func replay() throws {
        let bundle = try small()
        var records: [LogRecord] = []
        let assessment = bundle.replay(from: "file") { $0.forEachRecord { records.append($0) } }
        #expect(records == bundle.entries.map(\.record))
        #expect(assessment.verdict == .clean && assessment.lastSequence == 5 && assessment.recordCount == 3)
    }

    @Test("a bundle that was cut anywhere, or in which any bit differs, is refused")
    func damaged() throws {
        let bytes = try small().encoded
        #expect(throws: Never.self) { try RecordBundle(decoding: bytes) }
        for length in bytes.indices {
            #expect(throws: RecordBundleError.self) { try RecordBundle(decoding: Array(bytes[..<length])) }
        }
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(throws: RecordBundleError.self) { try RecordBundle(decoding: changed) }
            }
        }
        #expect(throws: RecordBundleError.self) { try RecordBundle(decoding: bytes + [0]) }
        #expect(throws: RecordBundleError.notABundle) { try RecordBundle(decoding: Array("something else".utf8)) }
    }

    @Test("a record or proof of which any bit was changed by somebody who made the checksum anew proves nothing")
    func forged() throws {
        let bundle = try small()
        let bytes = bundle.encoded
        var refused = 0
        for place in RecordBundle.headerBytes..<bytes.count - 32 {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                guard let forged = try? RecordBundle(decoding: resealed(changed)) else {
                    refused += 1
                    continue
                }
                #expect(!forged.unproven(in: bundle.origin.head).isEmpty, "bit \(bit) of byte \(place)")
            }
        }
        #expect(refused > 0)
        for length in RecordBundle.headerBytes..<bytes.count {
            let cut = resealed(Array(bytes[..<length]))
            #expect(throws: RecordBundleError.self) { try RecordBundle(decoding: cut) }
        }
    }

    @Test("counts and lengths that promise more than there is are refused, and so is a newer version")
    func hostile() throws {
        let bytes = try small().encoded
        for place in [12, RecordBundle.headerBytes + 8, RecordBundle.headerBytes + 12] {
            var changed = bytes
            for offset in 0..<4 { changed[place + offset] = 0xFF }
            #expect(throws: RecordBundleError.self) { try RecordBundle(decoding: resealed(changed)) }
        }
        var newer = bytes
        newer[8] = 3
        #expect(throws: RecordBundleError.newer(version: 3)) { try RecordBundle(decoding: resealed(newer)) }
    }
}
