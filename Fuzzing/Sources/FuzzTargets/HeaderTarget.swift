@testable import SayiirLog

/// Any bytes are a segment's header or a defect, and any text is the name of its file or is not. A header survives encoding.
///
/// The bytes are tried as they are, and then with zeros behind them and the right checksum.
@Sendable
func fuzzHeader(_ bytes: UnsafeRawBufferPointer) throws {
    try checkHeader(bytes)
    try completedBlock(bytes).withUnsafeBytes(checkHeader)
    let text = String(decoding: bytes, as: UTF8.self)
    if let name = SegmentName(fileName: text) {
        try claim(name.description == text, "\(text) is read as the name \(name)")
    }
}

/// A header block that starts with the bytes, with the right checksum at its end.
func completedBlock(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var block = Array(bytes.prefix(SegmentHeader.byteCount))
    block.append(contentsOf: repeatElement(0, count: SegmentHeader.byteCount - block.count))
    block.withUnsafeMutableBytes { block in
        let end = SegmentHeader.byteCount - 4
        block.storeLittleEndian(crc32c(UnsafeRawBufferPointer(block).part(0, end)), at: end)
    }
    return block
}

private func checkHeader(_ bytes: UnsafeRawBufferPointer) throws {
    guard let header = try? SegmentHeader(decoding: bytes) else { return }
    let again = try header.encoded().withUnsafeBytes { try SegmentHeader(decoding: $0) }
    try claim(again == header, "decoded \(header), encoded and decoded again \(again)")
    try claim(SegmentName(fileName: header.name.description) == header.name, "\(header.name) is not read as a name")
}
