import SayiirProjection
import SayiirTesting

@testable import SayiirLog

/// Any bytes in the place of a sealed segment are read or refused, and so is its index.
///
/// The input's first part is the fields of the header, the rest what follows the header block. It is tried with the checksums that it
/// has, and with those of the header and of every frame put right: else nothing gets past them.
@Sendable
func fuzzSealed(_ bytes: UnsafeRawBufferPointer) throws {
    for content in completedFiles(bytes, layout: .sealed) {
        let disk = InMemoryFileSystem()
        let name = SegmentName(number: 1, firstSequence: 1, isSealed: true)
        try disk.setBytes(content, of: "log/\(name)")
        _ = try allowingRefusal {
            let reader = try SegmentReader(opening: name, in: "log", fileSystem: disk)
            while case .frame(let frame) = try reader.next() { frame.forEachRecord { _ in } }
            if reader.isSealed { _ = try reader.indexDefect() }
        }
        _ = try allowingRefusal {
            let segment = try SealedSegment(name, in: "log", fileSystem: disk)
            _ = try allowingRefusal { try segment.blockTable() }
            _ = try allowingRefusal { try segment.treeAfter() }
            _ = try allowingRefusal { try segment.blockStart(of: segment.detail.lastSequence) }
            for key in ["order-1", "order-2", "nobody"] {
                let hash = KeyHash(key)
                _ = try allowingRefusal { try segment.filter().mayContain(hash) }
                _ = try allowingRefusal { try segment.blocks(holding: hash).forEach { $0.forEachRecord { _ in } } }
            }
        }
        _ = try allowingRefusal { try LogReader(directory: "log", fileSystem: disk).verify() }
    }
}

/// Any bytes in the place of a snapshot are taken in or refused, and so are the states in it.
@Sendable
func fuzzSnapshot(_ bytes: UnsafeRawBufferPointer) throws {
    for content in completedFiles(bytes, layout: .snapshot) {
        let disk = InMemoryFileSystem()
        let name = SnapshotName(coveredSequence: 40)
        try disk.setBytes(content, of: "log/\(name)")
        do {
            try SnapshotFile(name, in: "log", fileSystem: disk).read { entry in
                guard let state = try? InstanceState(decoding: entry.payload.dropFirst(16)) else { return }
                var again: [UInt8] = []
                state.encode(into: &again)
                try claim(InstanceState(decoding: again[...]) == state, "a state is another after encoding it")
            }
        } catch is SnapshotFile.Defect {
            // Refused, as it may be.
        }
    }
}

/// How much of a header's fields the input of these targets has.
let packedFieldBytes = 240

/// The files that an input stands for.
private func completedFiles(_ bytes: UnsafeRawBufferPointer, layout: FileLayout) -> [[UInt8]] {
    var fields = Array(bytes.prefix(packedFieldBytes))
    fields.append(contentsOf: repeatElement(0, count: packedFieldBytes - fields.count))
    fields[20] = layout.rawValue
    let content = Array(bytes.dropFirst(packedFieldBytes))
    fields.withUnsafeMutableBytes {
        $0.storeLittleEndian(UInt64(SegmentHeader.byteCount + content.count), at: 56)
    }
    let log = fields.withUnsafeBytes { LogID(loading: $0, at: 32) }
    let block = completedBlock(fields)
    return [block + content, block + withRightChecksums(content, seed: log.checksumSeed(for: layout))]
}

/// Puts the right checksums on the frames that follow each other in `content`, as far as they do.
private func withRightChecksums(_ content: [UInt8], seed: UInt32) -> [UInt8] {
    var content = content
    content.withUnsafeMutableBytes { bytes in
        var start = 0
        while start + FrameHeader.byteCount <= bytes.count {
            let stored = Int(UnsafeRawBufferPointer(bytes).loadLittleEndian(start + 8, as: UInt32.self))
            let body = start + FrameHeader.byteCount
            let length = min(stored.roundedUp(to: 8), bytes.count - body)
            let frame = UnsafeRawBufferPointer(bytes)
            bytes.storeLittleEndian(FrameHeader.magic, at: start)
            bytes.storeLittleEndian(crc32c(frame.part(body, length)), at: start + 72)
            bytes.storeLittleEndian(
                crc32c(frame.part(start + 8, FrameHeader.byteCount - 8), continuing: seed), at: start + 4)
            start = body + length
        }
    }
    return content
}

/// Lets through what is not a way to refuse a file.
private func allowingRefusal<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
        return try body()
    } catch let error as LogError {
        try claim(!error.description.isEmpty, "an error without words")
        return nil
    }
}
