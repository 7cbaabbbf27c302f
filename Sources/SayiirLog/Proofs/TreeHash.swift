internal import Crypto

/// A node of the hash tree over a log's records, or its root: RFC 6962's SHA-256, where leaves and inner nodes differ by a
/// first byte, so that neither passes for the other.
public struct TreeHash: Hashable, Sendable, CustomStringConvertible {
    private let bytes: DigestBytes

    static let byteCount = DigestBytes.byteCount

    /// The root of the tree without leaves.
    static let ofNothing = TreeHash(SHA256().finalize())

    /// The hash of a leaf: `SHA-256(0x00 ‖ record)`.
    init(leaf record: UnsafeRawBufferPointer) {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: record)
        self.init(hash.finalize())
    }

    /// The hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
    init(_ left: TreeHash, _ right: TreeHash) {
        self = withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Self.byteCount, alignment: 8) { node in
            node[0] = 1
            left.store(into: node, at: 1)
            right.store(into: node, at: 1 + Self.byteCount)
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(node))
            return TreeHash(hash.finalize())
        }
    }

    private init(_ digest: SHA256.Digest) { bytes = DigestBytes(digest) }

    /// Reads what ``description`` gives; `nil` if the text is not 64 hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        guard let bytes = DigestBytes(hexadecimal: text) else { return nil }
        self.bytes = bytes
    }

    init(loading bytes: UnsafeRawBufferPointer, at offset: Int) {
        self.bytes = DigestBytes(loading: bytes, at: offset)
    }

    func store(into target: UnsafeMutableRawBufferPointer, at offset: Int) { bytes.store(into: target, at: offset) }

    /// The hash's 64 lower-case hexadecimal digits.
    public var description: String { bytes.description }
}

/// What an auditor writes down of a log: how many records it had, and the root of the tree over them.
public struct TreeHead: Hashable, Sendable, CustomStringConvertible {
    /// How many records the tree is over: all from sequence 1 to this one.
    public var size: UInt64
    /// The tree's root.
    public var root: TreeHash

    /// Puts a head together.
    ///
    /// - Parameters:
    ///   - size: The number of records.
    ///   - root: The root of the tree over them.
    public init(size: UInt64, root: TreeHash) {
        self.size = size
        self.root = root
    }

    /// Reads what ``description`` gives; `nil` if the text is anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let size = UInt64(parts[0]), let root = TreeHash(parts[1])
        else { return nil }
        self.init(size: size, root: root)
    }

    /// The size in decimal digits, a colon, and the root.
    public var description: String { "\(size):\(root)" }
}
