@testable import SayiirLog

/// Any bytes are a frame or a defect. A frame holds what its header says and survives encoding.
///
/// A fuzzer does not find checksums. So the bytes are tried as they are, then with the right checksums, then moved to the
/// place that is expected, and then with the digest of what they hold: each lets the bytes reach deeper checks.
@Sendable
func fuzzFrame(_ bytes: UnsafeRawBufferPointer) throws {
    let position = FramePosition(startOf: sampleHeader(size: 64 * 1024))
    try checkDecoding(bytes, at: position)
    var frame = [UInt8](bytes)
    frame.append(contentsOf: repeatElement(0, count: max(0, FrameHeader.byteCount - frame.count)))
    frame.append(contentsOf: repeatElement(0, count: frame.count.roundedUp(to: 8) - frame.count))
    try frame.withUnsafeMutableBytes { frame in
        let whole = UnsafeRawBufferPointer(frame)
        seal(frame, at: position)
        try checkDecoding(whole, at: position)
        move(frame, to: position)
        seal(frame, at: position)
        try checkDecoding(whole, at: position)
        guard let content = try? FrameDecoder.decode(whole, at: position, chained: false) else { return }
        digest(of: content, after: position).store(into: frame, at: 40)
        seal(frame, at: position)
        let chained: Frame
        do {
            chained = try FrameDecoder.decode(whole, at: position)
        } catch {
            throw Violation(description: "a frame with the right digest is refused: \(error)")
        }
        try checkContent(of: chained, at: position)
    }
}

/// A header as the first segment of a log has it.
func sampleHeader(size: Int, inFlightLimit: UInt32 = 1 << 24) -> SegmentHeader {
    let log = Array(0..<16).withUnsafeBytes { LogID(loading: $0, at: 0) }
    return SegmentHeader(
        number: 1, inFlightLimit: inFlightLimit, log: log, firstSequence: 1, size: UInt64(size),
        previousDigest: ChainDigest(genesisOf: log), createdAt: 1_700_000_000_000_000_000)
}

private func checkDecoding(_ bytes: UnsafeRawBufferPointer, at position: FramePosition) throws {
    do throws(FrameDefect) {
        _ = try FrameDecoder.decode(bytes, at: position)
    } catch {
        try claim(!error.expected.isEmpty && !error.found.isEmpty, "a defect without words")
    }
}

private func checkContent(of frame: Frame, at position: FramePosition) throws {
    try claim(frame.end <= position.segmentSize && frame.offset == position.offset, "a frame outside of its segment")
    let records = frame.records
    try claim(records.count == frame.recordCount, "\(records.count) records where \(frame.recordCount) were checked")
    let sequences = (0..<frame.recordCount).map { frame.firstSequence + UInt64($0) }
    try claim(records.map(\.sequence) == sequences, "records out of sequence")
    // A body that unpacks to more than fits a segment is legal and would only cost time here.
    guard frame.kind == .records, frame.body.count < 32 * 1024 else { return }
    var batch = RecordBatch()
    for record in records {
        // A key that was no UTF-8 has been repaired, and may have become too long.
        guard record.key.utf8.count <= Limits.keyBytes else { return }
        try batch.append(kind: record.kind, key: record.key, timestamp: record.timestamp, payload: record.payload)
    }
    var encoder = FrameEncoder()
    let again = try encoder.encode(
        [batch], firstSequence: position.nextSequence, previousDigest: position.digest, at: position.offset,
        durableThrough: 0,
        in: .init(number: position.segment.number, checksumSeed: position.checksumSeed, isAlone: true)
    ) { _, bytes in try FrameDecoder.decode(bytes, at: position) }
    try claim(again.records == records, "encoded and decoded again, the records are others")
}

private func digest(of frame: Frame, after position: FramePosition) -> ChainDigest {
    guard frame.kind == .records else { return position.digest }
    return frame.body.withUnsafeBytes {
        position.digest.appending(
            records: $0, firstSequence: frame.firstSequence, recordCount: UInt32(frame.recordCount))
    }
}

/// Puts the expected place into a header, and values that can be right where others cannot.
private func move(_ frame: UnsafeMutableRawBufferPointer, to position: FramePosition) {
    let header = UnsafeRawBufferPointer(frame)
    let room = frame.count - FrameHeader.byteCount
    let storedLength = Int(header.loadLittleEndian(8, as: UInt32.self))
    if storedLength.roundedUp(to: 8) != room { frame.storeLittleEndian(UInt32(room), at: 8) }
    frame.storeLittleEndian(position.nextSequence, at: 16)
    frame.storeLittleEndian(position.segment.number, at: 28)
    frame.storeLittleEndian(UInt32(position.offset / 8), at: 32)
    let durableThrough = header.loadLittleEndian(36, as: UInt32.self)
    frame.storeLittleEndian(min(durableThrough, UInt32(position.offset / 8)), at: 36)
}

/// Puts the magic and the right checksums into a frame, as far as its lengths let the body be found.
private func seal(_ frame: UnsafeMutableRawBufferPointer, at position: FramePosition) {
    let whole = UnsafeRawBufferPointer(frame)
    frame.storeLittleEndian(FrameHeader.magic, at: 0)
    let paddedLength = Int(whole.loadLittleEndian(8, as: UInt32.self)).roundedUp(to: 8)
    if paddedLength <= frame.count - FrameHeader.byteCount {
        frame.storeLittleEndian(crc32c(whole.part(FrameHeader.byteCount, paddedLength)), at: 72)
    }
    let content = whole.part(8, FrameHeader.byteCount - 8)
    frame.storeLittleEndian(crc32c(content, continuing: position.checksumSeed), at: 4)
}
