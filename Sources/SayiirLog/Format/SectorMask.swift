/// The masking that keeps an all-zero sector from occurring inside a frame. See `docs/FORMAT.md`, "Mask".
enum SectorMask {
    /// The word that mask `mask` puts over the body: 0 for mask 0, and a different one for each mask.
    static func word(_ mask: UInt16) -> UInt64 {
        guard mask != 0 else { return 0 }
        // SplitMix64's finaliser is a bijection, so different masks give different words.
        var word = UInt64(mask) &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// The smallest mask under which no piece of `body` is all zero, where `offset` is the body's place in its file.
    ///
    /// Costs one look at each sector for ordinary data: a piece is ruled out at its second word.
    static func choose(for body: UnsafeRawBufferPointer, at offset: Int) -> UInt16 {
        let constants = constantPieces(of: body, at: offset)
        guard !constants.isEmpty else { return 0 }
        for mask in UInt16.min...UInt16.max where !constants.contains(word(mask)) { return mask }
        // Unreachable: bodies are shorter than 65,536 sectors, so at most that many words are ruled out.
        return 0
    }

    /// Applies a mask, or takes it off: the two are the same. `body` is a multiple of 8 long.
    static func apply(_ mask: UInt16, to body: UnsafeMutableRawBufferPointer) {
        let word = word(mask)
        guard word != 0 else { return }
        for offset in stride(from: 0, to: body.count, by: 8) {
            let value = UnsafeRawBufferPointer(body).loadLittleEndian(offset, as: UInt64.self)
            body.storeLittleEndian(value ^ word, at: offset)
        }
    }

    /// The words of which some piece of the body alone consists: the masks that would turn it to zero.
    private static func constantPieces(of body: UnsafeRawBufferPointer, at offset: Int) -> Set<UInt64> {
        var words: Set<UInt64> = []
        // The piece that shares its sector with the header's end has the header's kind, which is never zero.
        var start = offset.roundedUp(to: Limits.sectorBytes) - offset
        while start < body.count {
            let end = min(start + Limits.sectorBytes, body.count)
            let first = body.loadLittleEndian(start, as: UInt64.self)
            var next = start + 8
            while next < end && body.loadLittleEndian(next, as: UInt64.self) == first { next += 8 }
            if next >= end { words.insert(first) }
            start = end
        }
        return words
    }
}
