internal import SayiirEvents

// A failure is in several events, in the state of its instance, and in everything that shows that. So it is short there, and the
// event of the attempt has the whole message beside it.
extension Failure {
    /// The most bytes of a message that states and descriptions have, beside the note of what was cut.
    static let messageLimit = 16 * 1024
    /// The most bytes of a type.
    static let typeLimit = 1024
    /// The most bytes of a message that the history keeps.
    static let fullMessageLimit = 1024 * 1024

    /// The failure with as much of its texts as states and descriptions have.
    ///
    /// - Complexity: O(1) if nothing is cut.
    var bounded: Failure {
        guard isTooLong else { return self }
        return Failure(type: type.cut(toBytes: Self.typeLimit), message: message.cut(toBytes: Self.messageLimit))
    }

    /// The message as the history keeps it; `nil` if ``bounded`` has all of it.
    var fullMessage: String? {
        message.utf8.count > Self.messageLimit ? message.cut(toBytes: Self.fullMessageLimit) : nil
    }

    private var isTooLong: Bool { type.utf8.count > Self.typeLimit || message.utf8.count > Self.messageLimit }
}

extension String {
    /// The text, or its beginning with a note of how long it is.
    ///
    /// It is cut between two characters, unless one has more than a hundred scalars.
    ///
    /// - Complexity: O(*limit*).
    func cut(toBytes limit: Int) -> String {
        let count = utf8.count
        guard count > limit else { return self }
        return "\(prefix(bytes: limit))… (\(count) bytes in all)"
    }

    /// The longest beginning of whole characters that has so many bytes at most.
    func prefix(bytes limit: Int) -> Substring {
        var end = utf8.index(startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        guard end < endIndex else { return self[..<end] }
        // What stands around the end tells whether it is inside of a character. All of the text may be a single one.
        let start = unicodeScalars.index(end, offsetBy: -100, limitedBy: startIndex) ?? startIndex
        var window = String(unicodeScalars[start...end])
        window.removeLast()
        let kept = unicodeScalars.index(start, offsetBy: window.unicodeScalars.count)
        return self[..<(window.isEmpty ? end : kept)]
    }
}
