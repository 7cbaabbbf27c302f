/// Why bytes are not the encoding of an ``InstanceState``, and where.
public struct StateDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the bytes.
    public enum Reason: UInt8, Hashable, Sendable {
        /// The input ends within a value.
        case truncated
        /// A length or count asks for more bytes than are left.
        case lengthPastEnd
        /// A varint has more than 64 bits.
        case overlongVarint
        /// A number is larger than its field allows.
        case valueOutOfRange
        /// A number that tells cases apart stands for none of them.
        case unknownCase
        /// A text is not UTF-8.
        case invalidUTF8
        /// The members of a set are not in ascending order, or one is there twice.
        case repeatedMember
        /// Values that are each valid contradict one another, so that no history leads to them.
        case contradiction
        /// Bytes follow the state.
        case trailingBytes
    }

    /// What is wrong.
    public let reason: Reason
    /// Where the wrong value begins, in bytes from the start of the encoding.
    public let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What is wrong, at which byte.
    public var description: String { "cannot decode an instance's state: byte \(offset): \(reason.text)" }
}

extension StateDecodingError.Reason {
    fileprivate var text: String {
        switch self {
        case .truncated: "the input ends within the value"
        case .lengthPastEnd: "the length or count asks for more bytes than are left"
        case .overlongVarint: "the varint has more than 64 bits"
        case .valueOutOfRange: "the number is too large for the field"
        case .unknownCase: "the number stands for no case"
        case .invalidUTF8: "the text is not UTF-8"
        case .repeatedMember: "a member of the set is there twice"
        case .contradiction: "the values contradict one another"
        case .trailingBytes: "bytes follow the state"
        }
    }
}
