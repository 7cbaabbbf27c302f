extension Event.Kind {
    /// Reads the kind of an event from its binary form, and nothing else of it; `nil` if there is none that this version knows.
    ///
    /// An event's body is the field whose number is its kind. Total, whatever the bytes are.
    ///
    /// - Complexity: O(1): the fields before the body are passed over by their lengths.
    package init?(of bytes: ArraySlice<UInt8>) {
        var position = bytes.startIndex
        func varint() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while position < bytes.endIndex, shift < 64 {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        func skip(_ count: UInt64) -> Bool {
            guard count <= UInt64(bytes.endIndex - position) else { return false }
            position += Int(count)
            return true
        }
        while let tag = varint() {
            let number = tag >> 3
            if number >= EventHeader.firstBodyNumber, let raw = UInt32(exactly: number) {
                self.init(rawValue: raw)
                return
            }
            switch tag & 7 {
            case 0: guard varint() != nil else { return nil }
            case 1: guard skip(8) else { return nil }
            case 2: guard let length = varint(), skip(length) else { return nil }
            case 5: guard skip(4) else { return nil }
            default: return nil
            }
        }
        return nil
    }
}
