/// Finds out, with little reading, whether a segment holds what is said of it.
struct PositionEvidence {
    let reader: SegmentReader

    private var header: SegmentHeader { reader.header }

    /// The bytes that are read at once.
    private static let windowBytes = 64 * 1024

    /// Returns the sequence and digest with which a sealed journal ends; `nil` if its last frame is no seal, or its length is wrong.
    func sealedEnd() throws(FileSystemError) -> (nextSequence: UInt64, digest: ChainDigest)? {
        guard try reader.file.size() == Int64(header.size) else { return nil }
        var end = Int(header.size)
        while end > SegmentHeader.byteCount {
            let start = max(SegmentHeader.byteCount, end - Self.windowBytes)
            let bytes = try reader.file.readBytes(end - start, at: Int64(start))
            let count = bytes.withUnsafeBytes { $0.endOfContent }
            if count > 0 { return try seal(endingAt: start + count) }
            end = start
        }
        return nil
    }

    private func seal(endingAt end: Int) throws(FileSystemError) -> (nextSequence: UInt64, digest: ChainDigest)? {
        guard let frame = try frameHeader(at: end - FrameHeader.byteCount), frame.kind == FrameKind.seal.rawValue else {
            return nil
        }
        return (frame.firstSequence, frame.digest)
    }

    /// Returns true if the frame that ends at a position is there and whole, or the position is the beginning of the segment. Reads back
    /// from the position to the beginning of that frame.
    func precedes(_ position: LogPosition) throws(FileSystemError) -> Bool {
        guard position.offset > SegmentHeader.byteCount else {
            return position.offset == SegmentHeader.byteCount && header.firstSequence == position.sequence &+ 1
                && header.previousDigest == position.digest
        }
        guard position.offset % 8 == 0, position.offset <= Int(header.size),
            try reader.file.size() >= Int64(position.offset)
        else { return false }
        var length = FrameHeader.byteCount
        var searched = 0
        while true {
            length = min(max(length * 4, Self.windowBytes), position.offset - SegmentHeader.byteCount)
            let start = position.offset - length
            let bytes = try reader.file.readBytes(length, at: Int64(start))
            guard bytes.count == length else { return false }
            if let found = frame(endingWith: bytes, at: start, of: position, from: searched) { return found }
            guard start > SegmentHeader.byteCount, length < Limits.bodyBytes + 2 * FrameHeader.byteCount else {
                return false
            }
            searched = length
        }
    }

    /// Looks, from the back, for the frame with which the bytes end; `nil` if it does not begin in them. The last `searched` bytes were
    /// looked at before.
    private func frame(
        endingWith bytes: [UInt8], at start: Int, of position: LogPosition, from searched: Int
    ) -> Bool? {
        bytes.withUnsafeBytes { bytes in
            var place = (bytes.count - max(FrameHeader.byteCount, searched)) & ~7
            while place >= 0 {
                defer { place -= 8 }
                guard bytes.loadLittleEndian(place, as: UInt32.self) == FrameHeader.magic,
                    let frame = FrameHeader(
                        decoding: bytes.part(place, bytes.count - place), checksumSeed: header.checksumSeed),
                    frame.segment == header.number, frame.offset == start + place,
                    frame.extent == bytes.count - place
                else { continue }
                let body = bytes.part(place + FrameHeader.byteCount, frame.paddedLength)
                return frame.digest == position.digest
                    && frame.firstSequence &+ UInt64(frame.recordCount) == position.sequence &+ 1
                    && crc32c(body) == frame.bodyChecksum
            }
            return nil
        }
    }

    private func frameHeader(at offset: Int) throws(FileSystemError) -> FrameHeader? {
        guard offset >= SegmentHeader.byteCount, offset % 8 == 0 else { return nil }
        let bytes = try reader.file.readBytes(FrameHeader.byteCount, at: Int64(offset))
        return bytes.withUnsafeBytes { bytes in
            guard let frame = FrameHeader(decoding: bytes, checksumSeed: header.checksumSeed),
                frame.segment == header.number, frame.offset == offset
            else { return nil }
            return frame
        }
    }
}
