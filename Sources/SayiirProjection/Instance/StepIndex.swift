import SayiirEvents

/// Finds the places of steps in a table. It holds places alone and compares with the table itself, so that it is small and a look touches
/// few lines of memory.
struct StepIndex: Sendable {
    /// Places, each one higher than it is; 0 for a free slot. A power of two of them, at most half of which are taken.
    private var slots: [UInt32] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The place of `step` in `entries`, all of which are in the index.
    func place(of step: Step, in entries: [StepState]) -> Int? {
        guard !slots.isEmpty else { return nil }
        var slot = Self.hash(step) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if entries[place].step == step { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds the step at a place, unless it is there at another: the first stays.
    mutating func insert(_ place: Int, of entries: [StepState]) {
        if 2 * (count + 1) > slots.count { grow(to: count + 1, entries) }
        guard self.place(of: entries[place].step, in: entries) == nil else { return }
        take(slot: Self.hash(entries[place].step), for: UInt32(place + 1))
        count += 1
    }

    /// Makes room for so many steps.
    mutating func grow(to capacity: Int, _ entries: [StepState]) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        guard size > slots.count else { return }
        let taken = slots
        slots = [UInt32](repeating: 0, count: size)
        for slot in taken where slot != 0 { take(slot: Self.hash(entries[Int(slot) - 1].step), for: slot) }
    }

    private mutating func take(slot hash: Int, for value: UInt32) {
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = value
    }

    /// FNV-1a over the id's length and its ends, and the high bits over the low ones. The id of a fork names all of its branches and may be some
    /// thousand bytes long. Steps are named by those who write workflows, so nobody needs to be kept from guessing it.
    private static func hash(_ step: Step) -> Int {
        let id = step.node.rawValue.utf8
        var hash = 0xCBF2_9CE4_8422_2325 ^ UInt64(id.count)
        for byte in id.prefix(endBytes) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        if id.count > endBytes {
            for byte in id.suffix(endBytes) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        for index in step.indices { hash = (hash ^ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }

    private static let endBytes = 32
}
