import SayiirTesting

@testable import SayiirLog

/// A journal taken into frames, to be put together again as somebody would who knows the format and has no scruples: offsets,
/// checksums and masks are right afterwards, whatever else was done.
struct Forgery {
    struct Part {
        var kind: FrameKind
        var firstSequence: UInt64
        var recordCount: UInt32
        var digest: ChainDigest
        var body: [UInt8]
        var hasRecords: Bool { kind == .records }
    }

    let path: String
    let header: SegmentHeader
    var parts: [Part] = []
    private let disk: InMemoryFileSystem

    init(_ name: SegmentName, on disk: InMemoryFileSystem) throws {
        self.disk = disk
        path = "log/\(name)"
        let reader = try SegmentReader(name, in: "log", fileSystem: disk)
        header = reader.header
        while case .frame(let frame) = try reader.next() {
            parts.append(
                Part(
                    kind: frame.kind, firstSequence: frame.firstSequence, recordCount: UInt32(frame.recordCount),
                    digest: frame.digest, body: frame.body))
        }
    }

    /// The place of the frame with a sequence.
    func place(of sequence: UInt64) throws -> Int {
        guard
            let place = parts.firstIndex(where: {
                $0.hasRecords && ($0.firstSequence..<$0.firstSequence + UInt64($0.recordCount)).contains(sequence)
            })
        else { throw LogError.closed }
        return place
    }

    /// Gives the frames sequences that follow each other.
    mutating func renumber() {
        var next = header.firstSequence
        for place in parts.indices {
            parts[place].firstSequence = next
            next += UInt64(parts[place].recordCount)
        }
    }

    /// Computes the chain anew.
    mutating func rechain() {
        var digest = header.previousDigest
        for place in parts.indices {
            let part = parts[place]
            if part.hasRecords {
                digest = part.body.withUnsafeBytes {
                    digest.appending(records: $0, firstSequence: part.firstSequence, recordCount: part.recordCount)
                }
            }
            parts[place].digest = digest
        }
    }

    /// Puts the file together, in place of what was there.
    func write() throws {
        var bytes = header.encoded()
        let segment = FrameEncoder.Segment(number: header.number, checksumSeed: header.checksumSeed, isAlone: true)
        var encoder = FrameEncoder()
        for part in parts {
            if part.hasRecords {
                encoder.encode(
                    .records, body: part.body, recordCount: part.recordCount, firstSequence: part.firstSequence,
                    digest: part.digest, at: bytes.count, in: segment
                ) { bytes += Array($1) }
            } else {
                bytes += FrameEncoder.promise(
                    part.kind, nextSequence: part.firstSequence, digest: part.digest, at: bytes.count,
                    durableThrough: bytes.count, in: segment)
            }
        }
        bytes += [UInt8](repeating: 0, count: Int(header.size) - bytes.count)
        try disk.setBytes(bytes, of: path)
    }
}

/// Changes a block of a sealed segment, of the same length afterwards, with its checksums made right.
func forgeBlock(
    of name: SegmentName, on disk: InMemoryFileSystem, _ change: (inout [UInt8]) -> Void
) throws -> ClosedRange<UInt64> {
    let path = "log/\(name)"
    var bytes = try disk.bytes(of: path)
    let header = try SegmentHeader(of: disk.open(path, as: .read))
    let start = SegmentHeader.byteCount
    var frame = try bytes.withUnsafeBytes { bytes in
        guard let header = FrameHeader(decoding: bytes.part(start, 80), checksumSeed: header.checksumSeed) else {
            throw LogError.closed
        }
        return header
    }
    let body = start + FrameHeader.byteCount
    var stored = Array(bytes[body..<body + frame.paddedLength])
    change(&stored)
    frame.bodyChecksum = stored.withUnsafeBytes { crc32c($0) }
    bytes.replaceSubrange(body..<body + stored.count, with: stored)
    bytes.withUnsafeMutableBytes {
        frame.store(
            into: UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + 80]), checksumSeed: header.checksumSeed)
    }
    try disk.setBytes(bytes, of: path)
    return frame.firstSequence...frame.firstSequence + UInt64(frame.recordCount) - 1
}
