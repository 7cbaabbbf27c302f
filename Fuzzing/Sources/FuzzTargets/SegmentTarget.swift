@testable import SayiirLog
import SayiirTesting

/// Any bytes in the place of a log's only segment are opened or refused.
///
/// The bytes are tried as the file that they are. Then their first part is taken as the fields of a header, which is
/// completed with zeros, the file's length and the checksum, and the rest as what follows the header: so the inputs are short.
@Sendable
func fuzzSegment(_ bytes: UnsafeRawBufferPointer) throws {
    try checkLog([firstSegment: [UInt8](bytes)])
    var fields = Array(bytes.prefix(headerFieldBytes))
    fields.append(contentsOf: repeatElement(0, count: headerFieldBytes - fields.count))
    let content = bytes.dropFirst(headerFieldBytes)
    fields.withUnsafeMutableBytes { $0.storeLittleEndian(UInt64(SegmentHeader.byteCount + content.count), at: 56) }
    try checkLog([firstSegment: completedBlock(fields) + content])
}

let firstSegment = "00000001-00000000000000000001.seg"

/// What comes before the zeros in a segment's header.
let headerFieldBytes = 104
