// Swift's `==`, `<` and `hash(into:)` treat texts as equal that Unicode calls canonically equivalent: `é` as one scalar, and as an `e`
// followed by an accent. Everything that is stored (logs, indexes, SQLite, PostgreSQL) compares bytes. These functions do, too.
extension String {
    /// Returns whether two texts have the same UTF-8 bytes.
    ///
    /// - Complexity: O(n) in the length of the texts; O(1) if their lengths differ.
    package func isExactly(_ other: String) -> Bool {
        if hasSameRepresentation(as: other) { return true }
        guard utf8.count == other.utf8.count else { return false }
        let isSame: Bool?? = utf8.withContiguousStorageIfAvailable { left -> Bool? in
            other.utf8.withContiguousStorageIfAvailable { right in left.hasSameBytes(as: right) }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Feeds the UTF-8 bytes, and a byte that ends them, to a hasher.
    package func hashExactly(into hasher: inout Hasher) {
        let isDone: Void? = utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil {
            // A text of another runtime, whose bytes are not in one place.
            var text = self
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
        // No byte of UTF-8 has this value, so that texts that follow one another cannot be divided in two ways.
        hasher.combine(0xFF as UInt8)
    }

    /// Returns whether this text stands before another in the order of their UTF-8 bytes, which is that of their scalars.
    ///
    /// Swift's `<` is no order for texts that are not in normal form C: of an `e` with a combining accent, and of `é` as one scalar with a
    /// letter behind it, neither stands before the other. What was sorted by it depends on the order before, which changes with every process.
    package func precedesExactly(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

    /// Returns whether the bytes of another text stand in this one's, at any place. The empty text stands everywhere.
    ///
    /// - Complexity: O(n · m) in the lengths of the texts.
    package func containsExactly(_ part: String) -> Bool {
        let (bytes, part) = (Array(utf8), Array(part.utf8))
        guard let last = part.isEmpty ? 0 : bytes.count - part.count as Int?, last >= 0 else { return false }
        return (0...last).contains { bytes[$0...].starts(with: part) }
    }

    /// Returns whether the values in memory are the same, bit for bit; false says nothing.
    ///
    /// Two values of the same bits hold the same text, whatever the bits mean. This finds equal short texts, and texts that share storage.
    @inline(__always)
    private func hasSameRepresentation(as other: String) -> Bool {
        guard MemoryLayout<String>.size == MemoryLayout<(UInt64, UInt64)>.size else { return false }
        return unsafeBitCast(self, to: (UInt64, UInt64).self) == unsafeBitCast(other, to: (UInt64, UInt64).self)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Eight bytes at a time, without a call of the C library.
    fileprivate func hasSameBytes(as other: Self) -> Bool {
        let (left, right) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
        guard left.count == right.count else { return false }
        guard left.count >= 8 else { return left.elementsEqual(right) }
        func isSame(at offset: Int) -> Bool {
            left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        // The last eight overlap those before them.
        let last = left.count - 8
        var offset = 0
        while offset < last {
            if !isSame(at: offset) { return false }
            offset += 8
        }
        return isSame(at: last)
    }
}
