/// Why bytes are not an event in the binary form, and where.
public struct EventDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the bytes.
    public enum Reason: UInt8, Hashable, Sendable {
        /// The input ends within a value.
        case truncated
        /// A length reaches past the end of what holds it.
        case lengthPastEnd
        /// A varint has more than 64 bits.
        case overlongVarint
        /// A number is larger than its field allows.
        case valueOutOfRange
        /// A tag has the field number 0, one that is too large, or a layout that does not exist or is a group.
        case invalidTag
        /// A known field has a value of the wrong layout.
        case wrongWireType
        /// A text is not UTF-8.
        case invalidUTF8
        /// The event says nothing of what happened.
        case missingBody
    }

    /// What is wrong.
    public let reason: Reason
    /// The names of the field and of those that hold it, joined with dots: `task_checkpointed.output.codec`.
    /// Empty if it is the event itself that is wrong.
    public let path: String
    /// Where the wrong value or tag begins, in bytes from the start of the event.
    public let offset: Int

    init(_ reason: Reason, at offset: Int, path: String = "") {
        self.reason = reason
        self.offset = offset
        self.path = path
    }

    /// The same error, seen from the field that holds the value.
    func inside(_ name: String) -> Self {
        Self(reason, at: offset, path: path.isEmpty ? name : "\(name).\(path)")
    }

    /// What is wrong, in which field, at which byte.
    public var description: String {
        let place = path.isEmpty ? "the event" : path
        return "cannot decode an event: \(place), byte \(offset): \(reason.text)"
    }
}

extension EventDecodingError.Reason {
    fileprivate var text: String {
        switch self {
        case .truncated: "the input ends within the value"
        case .lengthPastEnd: "the length reaches past the end"
        case .overlongVarint: "the varint has more than 64 bits"
        case .valueOutOfRange: "the number is too large for the field"
        case .invalidTag: "the tag is invalid"
        case .wrongWireType: "the field has a value of the wrong layout"
        case .invalidUTF8: "the text is not UTF-8"
        case .missingBody: "no field says what happened"
        }
    }
}
