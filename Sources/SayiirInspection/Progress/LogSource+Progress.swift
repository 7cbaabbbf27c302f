internal import SayiirLog

extension LogSource {
    /// Reads and checks the whole log, as ``LogReader/verify(progress:)`` does, and tells the meter how far it is. A bundle is read as a
    /// log with the bundle's records, and so is a store.
    ///
    /// - Parameters:
    ///   - instances: Whose events are wanted; `nil` for all. A store gives no others; a log is read whole nevertheless, since only then
    ///     it is verified.
    ///   - sequence: Only later events are wanted, of which a store gives no others.
    func verify(
        only instances: [String]? = nil, after sequence: UInt64 = 0, _ visit: (Frame) throws -> Void = { _ in }
    ) throws -> Assessment {
        if let store { return try read(store, only: instances, after: sequence, visit) }
        if let bundle {
            try check(bundle)
            return try bundle.replay(from: directory, visit: visit)
        }
        let extent = extent
        defer { meter?.clear() }
        return try reader.verify { frame in
            advance(to: frame, of: extent)
            try visit(frame)
        }
    }

    /// Where each segment's bytes begin among those of all; `nil` if nobody wants to know.
    var extent: ReadingExtent? {
        guard meter != nil, let segments = try? reader.segments() else { return nil }
        return ReadingExtent(segments)
    }

    /// Tells the meter, if there is one, that a frame was reached.
    func advance(to frame: Frame, of extent: ReadingExtent?) {
        guard let meter, let extent else { return }
        meter.advance(to: extent.place(of: frame), of: extent.total)
    }
}

/// The bytes of a log's segments, one behind the other.
struct ReadingExtent {
    private var starts: [UInt32: UInt64] = [:]
    private(set) var total: UInt64 = 0

    init(_ segments: [(name: SegmentName, byteCount: Int64)]) {
        for segment in segments {
            starts[segment.name.number] = total
            total &+= UInt64(clamping: segment.byteCount)
        }
    }

    /// Where a frame ends. One of a segment that is newer than this is at the end.
    func place(of frame: Frame) -> UInt64 {
        guard let start = starts[frame.segment.number] else { return total }
        return start &+ UInt64(clamping: frame.end)
    }
}
