/// What stands at an offset of a file of a log.
package struct SegmentExamination: Sendable {
    /// What kind of place it is.
    package enum Place: Sendable {
        /// The block at the segment's start.
        case header(SegmentHeaderExamination)
        /// A frame, or where one should be.
        case frame(FrameExamination)
        /// Behind everything that was written. A bit that alone is not zero there is all that is wrong.
        case unwritten(from: Int, strayBit: FlippedBit?)
    }

    package let file: ExaminedFile
    /// The file's length.
    package let fileSize: Int
    /// The offset that was asked for.
    package let offset: Int
    /// Where the valid frames end because of damage at or before the offset.
    package let damageStart: Int?
    /// The bit of the header block that had to be turned back before a frame could be told from anything else.
    package let headerBit: FlippedBit?
    package let place: Place
}

/// What a segment's header block says, and whether it is right.
package struct SegmentHeaderExamination: Sendable {
    /// The block, or what the file has of it.
    package let bytes: [UInt8]
    package let fields: [FormatField]
    /// What is wrong with it; `nil` if nothing is.
    package let defect: String?
    /// The bit that, turned back, makes it right.
    package let flippedBit: FlippedBit?
    /// The header as it was written, as far as that is known.
    let header: SegmentHeader?

    /// Whether the bytes begin as a segment does, but for a bit: otherwise they may be anything.
    package var beginsAsSegment: Bool {
        let difference = zip(bytes, "SAYIIRLG".utf8).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
        return bytes.count >= 8 && difference <= 1
    }

    /// Looks at the first bytes of a file.
    init(_ block: UnsafeRawBufferPointer, of file: ExaminedFile) {
        let block = block.part(0, min(block.count, SegmentHeader.byteCount))
        bytes = Array(block)
        fields = FormatField.ofSegment(block)
        let found = Result { () throws(SegmentHeader.Defect) in try SegmentHeader(decoding: block) }
        defect =
            switch found {
            case .success(let header): file.defect(of: header)
            case .failure(.damaged(let text)): text
            case .failure(.newer(let needed, let features, let layout)):
                "it needs a newer reader: version \(needed), features \(hex(features)), layout \(layout)"
            }
        let bit = defect == nil ? nil : SingleBitError.bit(ofSegmentHeader: block)
        var copy = bytes
        if let bit { copy[bit / 8] ^= 1 << UInt8(bit % 8) }
        let header = copy.withUnsafeBytes { try? SegmentHeader(decoding: $0) }
        self.header = header.flatMap { file.defect(of: $0) == nil ? $0 : nil }
        flippedBit =
            self.header == nil ? nil : bit.map { FlippedBit(offset: $0 / 8, bit: $0 % 8, found: block[$0 / 8]) }
    }
}
