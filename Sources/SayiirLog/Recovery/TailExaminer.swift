/// Looks at what follows the last valid frame of a segment, and says what kind of damage it is.
///
/// Pure: bytes in, evidence out.
struct TailExaminer {
    /// The file's bytes from the position on, to its end.
    let bytes: UnsafeRawBufferPointer
    /// Where the valid frames end, and what was expected there.
    let position: FramePosition
    /// What was wrong with the frame there.
    let defect: FrameDefect
    /// The segment header's in-flight limit.
    let inFlightLimit: Int

    /// The end of the last byte behind the valid frames that is not zero; the position itself if there is none.
    var endOfDamage: Int {
        position.offset + bytes.endOfContent
    }

    func tail() -> OpeningEvidence.Tail {
        let end = endOfDamage
        guard end > position.offset else { return .zero }
        return .damaged(
            isPromised: isPromised(before: end), isTooLong: end - position.offset > longestInFlight,
            frame: frameAtEnd())
    }

    /// How many bytes behind the position a crash can leave undecided.
    private var longestInFlight: Int {
        // A frame that is written alone is durable once anything stands behind it.
        if case .body(let extent, true, _, _) = defect { return extent }
        return inFlightLimit
    }

    private func frameAtEnd() -> OpeningEvidence.FrameAtEnd {
        switch defect {
        case .inconsistent: .inconsistent
        case .body(let extent, _, _, _): hasZeroPiece(upTo: position.offset + extent) ? .unwritten : .unexplained
        case .header: hasZeroPiece(upTo: headerReach) ? .unwritten : .unexplained
        }
    }

    /// The end of the last sector that the header at the position touches: all that can be looked at when the
    /// frame's length is unknown.
    private var headerReach: Int {
        (position.offset + FrameHeader.byteCount).roundedUp(to: Limits.sectorBytes)
    }

    /// Whether a piece between the position and `end`, cut at sector boundaries, is all zero. A piece of a frame never
    /// is once it is written.
    private func hasZeroPiece(upTo end: Int) -> Bool {
        var start = position.offset
        let end = min(end, position.offset + bytes.count)
        while start < end {
            let pieceEnd = min((start + 1).roundedUp(to: Limits.sectorBytes), end)
            if bytes.part(start - position.offset, pieceEnd - start).isAllZero { return true }
            start = pieceEnd
        }
        return false
    }

    /// Whether a later frame of this segment says that something behind the position was durable.
    private func isPromised(before end: Int) -> Bool {
        for start in stride(from: 8, to: end - position.offset, by: 8) {
            guard start + FrameHeader.byteCount <= bytes.count else { return false }
            guard bytes.loadLittleEndian(start, as: UInt32.self) == FrameHeader.magic,
                let header = FrameHeader(
                    decoding: bytes.part(start, FrameHeader.byteCount), checksumSeed: position.checksumSeed),
                header.segment == position.segment.number, header.offset == position.offset + start
            else { continue }
            if header.durableThrough > position.offset { return true }
        }
        return false
    }
}
