/// A field of the format as it stands somewhere in a file.
package struct FormatField: Hashable, Sendable {
    /// What `docs/FORMAT.md` calls it.
    package let name: String
    /// Its offset in the structure that it belongs to.
    package let offset: Int
    /// Its length.
    package let byteCount: Int
    /// Its value: a number as `0x…`, anything else as the hexadecimal digits of its bytes in order.
    package let value: String
    /// What the value says; empty if nothing more than that.
    package let meaning: String
}

/// Collects fields as far as the bytes reach.
struct FieldList {
    private(set) var fields: [FormatField] = []
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func number<Integer: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ name: String, at offset: Int, as type: Integer.Type, meaning: (Integer) -> String = { _ in "" }
    ) {
        guard offset + MemoryLayout<Integer>.size <= bytes.count else { return }
        let value = bytes.loadLittleEndian(offset, as: type)
        let digits = String(value, radix: 16)
        let width = MemoryLayout<Integer>.size * 2
        add(
            name, at: offset, width / 2, "0x" + String(repeating: "0", count: width - digits.count) + digits,
            meaning(value))
    }

    mutating func text(
        _ name: String, at offset: Int, _ byteCount: Int, meaning: (UnsafeRawBufferPointer) -> String = { _ in "" }
    ) {
        guard offset + byteCount <= bytes.count else { return }
        let part = bytes.part(offset, byteCount)
        add(name, at: offset, byteCount, hexadecimal(part), meaning(part))
    }

    private mutating func add(_ name: String, at offset: Int, _ byteCount: Int, _ value: String, _ meaning: String) {
        fields.append(
            FormatField(name: name, offset: offset, byteCount: byteCount, value: value, meaning: meaning))
    }
}

extension FormatField {
    /// The fields of a frame's header, see `docs/FORMAT.md`, "Frame".
    static func ofFrame(_ bytes: UnsafeRawBufferPointer, checksumSeed: UInt32) -> [FormatField] {
        var list = FieldList(bytes)
        list.number("magic", at: 0, as: UInt32.self) { $0 == FrameHeader.magic ? "SYF1" : "not SYF1" }
        list.number("header checksum", at: 4, as: UInt32.self) { found in
            guard bytes.count >= FrameHeader.byteCount else { return "" }
            let right = crc32c(bytes.part(8, FrameHeader.byteCount - 8), continuing: checksumSeed)
            return right == found ? "right" : "the content gives \(hex(right))"
        }
        list.number("stored length", at: 8, as: UInt32.self) { "\($0) bytes of body" }
        list.number("raw length", at: 12, as: UInt32.self) { "\($0) bytes of records" }
        list.number("first sequence", at: 16, as: UInt64.self) { "\($0)" }
        list.number("number of records", at: 24, as: UInt32.self) { "\($0)" }
        list.number("segment number", at: 28, as: UInt32.self) { "\($0)" }
        list.number("own offset / 8", at: 32, as: UInt32.self) { "\(UInt64($0) * 8)" }
        list.number("durableThrough / 8", at: 36, as: UInt32.self) { "durable to \(UInt64($0) * 8)" }
        list.text("chain digest", at: 40, ChainDigest.byteCount)
        list.number("body checksum", at: 72, as: UInt32.self)
        list.number("mask", at: 76, as: UInt16.self) { $0 == 0 ? "none" : "number \($0)" }
        list.number("codec and alone", at: 78, as: UInt8.self, meaning: codecWords)
        list.number("kind", at: 79, as: UInt8.self) { FrameKind(rawValue: $0)?.words ?? "unknown" }
        return list.fields
    }

    private static func codecWords(_ value: UInt8) -> String {
        let codec = FrameCodec(rawValue: value & 0x7F).map { "\($0)" } ?? "unknown"
        return codec + (value & 0x80 == 0 ? "" : ", alone")
    }

    /// The fields of a file's header block, see `docs/FORMAT.md`, "Segment" and the other layouts.
    static func ofSegment(_ bytes: UnsafeRawBufferPointer) -> [FormatField] {
        var list = FieldList(bytes)
        list.text("magic", at: 0, 8) { $0.elementsEqual("SAYIIRLG".utf8) ? "SAYIIRLG" : "not SAYIIRLG" }
        list.number("writer's version", at: 8, as: UInt16.self) { "\($0)" }
        list.number("lowest reader version", at: 10, as: UInt16.self) { "\($0)" }
        list.number("incompatible features", at: 12, as: UInt32.self) { $0 == 0 ? "none" : "unknown" }
        list.number("compatible features", at: 16, as: UInt32.self) { $0 == 0 ? "none" : "unknown" }
        list.number("layout", at: 20, as: UInt8.self) { FileLayout(rawValue: $0).map { "\($0)" } ?? "unknown" }
        list.text("zero", at: 21, 3)
        list.number("segment number", at: 24, as: UInt32.self) { "\($0)" }
        list.number("in-flight limit", at: 28, as: UInt32.self) { "\($0) bytes" }
        list.text("log id", at: 32, 16)
        list.number("first sequence", at: 48, as: UInt64.self) { "\($0)" }
        list.number("segment size", at: 56, as: UInt64.self) { "\($0) bytes" }
        list.text("chain digest before", at: 64, ChainDigest.byteCount)
        list.number("created", at: 96, as: UInt64.self) { "\(Int64(bitPattern: $0)) ns since 1970" }
        ofLayout(&list)
        let checksum = SegmentHeader.byteCount - 4
        list.number("checksum", at: checksum, as: UInt32.self) { found in
            let right = crc32c(bytes.part(0, checksum))
            return right == found ? "right" : "the content gives \(hex(right))"
        }
        return list.fields
    }
}
