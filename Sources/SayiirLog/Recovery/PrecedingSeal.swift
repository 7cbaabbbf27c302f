/// The seal of the segment before the newest, while that one has no frame: a roll-over may have been cut short before the seal was
/// durable.
struct PrecedingSeal {
    /// Where the seal stands, or must.
    private(set) var position: FramePosition
    /// Whether it is there, as reading shows it.
    let isThere: Bool

    /// The seal of a journal that was read to its end; `nil` for a sealed segment, of which nothing is in doubt.
    init?(behind reader: SegmentReader) {
        guard reader.header.detail.layout == .journal else { return nil }
        position = reader.position
        isThere = reader.isSealed
        if isThere { position.offset -= FrameHeader.byteCount }
    }

    /// Whether what stands in the place of a missing seal is a seal of which a crash kept some sectors: each piece is that of
    /// the seal or was never written, and nothing follows.
    func isTorn(in reader: SegmentReader) throws(FileSystemError) -> Bool {
        guard !isThere else { return false }
        let rest = try reader.file.readBytes(max(0, position.segmentSize - position.offset), at: Int64(position.offset))
        guard rest.count >= FrameHeader.byteCount, rest.dropFirst(FrameHeader.byteCount).allSatisfy({ $0 == 0 }) else {
            return false
        }
        let cut = min(
            (position.offset + 1).roundedUp(to: Limits.sectorBytes) - position.offset, FrameHeader.byteCount)
        return [true, false].contains { isAlone in
            let seal = bytes(isAlone: isAlone)
            return [0..<cut, cut..<FrameHeader.byteCount].allSatisfy { piece in
                rest[piece].elementsEqual(seal[piece]) || rest[piece].allSatisfy { $0 == 0 }
            }
        }
    }

    /// Writes the seal, durably. One that is there is written once more: it may be shown from memory and not be on the disk.
    func write(to file: any File) throws(FileSystemError) {
        let there = isThere ? try file.readBytes(FrameHeader.byteCount, at: Int64(position.offset)) : nil
        try file.writeFully(there ?? bytes(isAlone: true), at: Int64(position.offset))
        try file.synchronize()
    }

    private func bytes(isAlone: Bool) -> [UInt8] {
        FrameEncoder.promise(
            .seal, nextSequence: position.nextSequence, digest: position.digest, at: position.offset,
            durableThrough: position.offset,
            in: FrameEncoder.Segment(
                number: position.segment.number, checksumSeed: position.checksumSeed, isAlone: isAlone))
    }
}
