/// Where a frame of records stands.
struct FrameLocation: Hashable, Sendable {
    var segment: UInt32
    var offset: Int
    var firstSequence: UInt64
}

/// Which frames hold the records of a key, in order. In memory, for what no footer of a sealed segment covers.
struct KeyIndex: Sendable {
    private var locations: [String: [FrameLocation]] = [:]

    mutating func add(key: String, at location: FrameLocation) {
        locations[key, default: []].addUnlessLast(location)
    }

    mutating func add(_ frame: Frame) {
        let location = FrameLocation(
            segment: frame.segment.number, offset: frame.offset, firstSequence: frame.firstSequence)
        frame.forEachRecord { add(key: $0.key, at: location) }
    }

    /// The frames that hold records of `key`, in the log's order.
    func frames(withKey key: String) -> [FrameLocation] { locations[key] ?? [] }
}

extension [FrameLocation] {
    fileprivate mutating func addUnlessLast(_ location: FrameLocation) {
        if last != location { append(location) }
    }
}
