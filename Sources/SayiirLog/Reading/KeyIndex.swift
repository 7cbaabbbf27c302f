internal import SayiirText

/// Where a frame of records stands in a journal.
struct FrameLocation: Hashable, Sendable {
    var segment: UInt32
    var offset: Int
    var firstSequence: UInt64
}

/// Which frames of the journals hold the records of a key, in order. In memory, until a segment is sealed and has an index of
/// its own. Keys are opaque: they are compared byte for byte, as sealed segments do.
struct KeyIndex: Sendable {
    /// Where a frame stands in a segment that is known: there are as many of these as appends.
    fileprivate struct Place {
        var offset: Int
        var firstSequence: UInt64
    }

    private var segments: [UInt32: [ExactText: [Place]]] = [:]

    mutating func add(key: String, at location: FrameLocation) {
        let place = Place(offset: location.offset, firstSequence: location.firstSequence)
        segments[location.segment, default: [:]][ExactText(key), default: []].addUnlessLast(place)
    }

    /// Adds a frame of these batches.
    mutating func add(_ batches: some Collection<RecordBatch>, at location: FrameLocation) {
        let place = Place(offset: location.offset, firstSequence: location.firstSequence)
        // The segment's keys are taken out meanwhile, so that each batch costs one look.
        var keys = segments.removeValue(forKey: location.segment) ?? [:]
        for index in batches.indices {
            batches[index].forEachKey { keys[ExactText($0), default: []].addUnlessLast(place) }
        }
        segments[location.segment] = keys
    }

    mutating func add(_ frame: Frame) {
        let location = FrameLocation(
            segment: frame.segment.number, offset: frame.offset, firstSequence: frame.firstSequence)
        frame.forEachRecord { add(key: $0.key, at: location) }
    }

    /// Puts frames that were read later before those that are known, which stand behind them.
    mutating func addEarlier(_ earlier: KeyIndex) {
        for (segment, keys) in earlier.segments {
            segments[segment, default: [:]].merge(keys) { known, found in found + known }
        }
    }

    mutating func remove(segment: UInt32) { segments[segment] = nil }

    func contains(_ key: String) -> Bool { segments.values.contains { $0[ExactText(key)] != nil } }

    /// The frames that hold records of `key`, in the log's order.
    func frames(withKey key: String) -> [FrameLocation] {
        segments.sorted { $0.key < $1.key }.flatMap { segment, keys in
            (keys[ExactText(key)] ?? []).map {
                FrameLocation(segment: segment, offset: $0.offset, firstSequence: $0.firstSequence)
            }
        }
    }
}

extension [KeyIndex.Place] {
    fileprivate mutating func addUnlessLast(_ place: KeyIndex.Place) {
        if last?.firstSequence != place.firstSequence { append(place) }
    }
}
