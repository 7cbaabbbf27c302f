/// The name of a segment's file: its number in the log, and the sequence of its first record.
public struct SegmentName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The segment's number, from 1, without gaps.
    public let number: UInt32
    /// The sequence of the first record that is, or will be, in it.
    public let firstSequence: UInt64

    static let suffix = ".seg"
    /// What a segment is called until it joins the log.
    static let prepared = "next.tmp"
    static let quarantine = "quarantine"
    static let lock = "LOCK"

    init(number: UInt32, firstSequence: UInt64) {
        self.number = number
        self.firstSequence = firstSequence
    }

    /// Reads a file's name; `nil` unless it has exactly the form that ``description`` gives.
    init?(fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        let parts = fileName.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt32(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(number: number, firstSequence: sequence)
        guard description == fileName else { return nil }
    }

    /// Orders segments as the log does.
    public static func < (left: Self, right: Self) -> Bool {
        (left.number, left.firstSequence) < (right.number, right.firstSequence)
    }

    /// The file's name, for example `00000001-00000000000000000001.seg`.
    public var description: String {
        "\(padded(UInt64(number), to: 8))-\(padded(firstSequence, to: 20))\(Self.suffix)"
    }

    private func padded(_ number: UInt64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
