internal import SayiirLog

/// Where a log's bytes are.
struct SpaceUse {
    var directory: String
    var files: [LogFile] = [] {
        didSet {
            segmentBytes = Dictionary(
                files.lazy.filter { $0.kind == .journal || $0.kind == .sealed }.map { ($0.name, $0.byteCount) },
                uniquingKeysWith: { first, _ in first })
        }
    }
    /// The lengths of the segments in the log's directory: one search through all files for each segment would be quadratic.
    private var segmentBytes: [String: UInt64] = [:]
    /// The records of each type of event.
    private(set) var types: [String: Tally] = [:]
    /// All records.
    private(set) var records = Tally()
    /// What the frames that hold records take in the files.
    private(set) var frameBytes: UInt64 = 0
    /// What the indexes of sealed segments take.
    private(set) var indexBytes: UInt64 = 0
    /// What is prepared in journals, and not written yet.
    private(set) var unwrittenBytes: UInt64 = 0
    /// How many instances there are.
    var instanceCount = 0
    /// The largest instances, the largest first.
    var largest: [(instance: String, tally: Tally)] = []

    /// Where the frames of the segment that is being read end.
    private var end: (segment: SegmentName, offset: Int)?

    init(directory: String) { self.directory = directory }

    mutating func add(_ frame: Frame) {
        if let end, end.segment != frame.segment { closeSegment(end) }
        // A sealed segment's index is in frames, too.
        guard frame.recordCount > 0 || !frame.segment.isSealed else { return }
        end = (frame.segment, frame.end)
        if frame.recordCount > 0 { frameBytes &+= UInt64(clamping: frame.extent) }
    }

    mutating func add(_ entry: LogEntry) {
        let byteCount = entry.record.byteCount
        types[entry.typeName, default: Tally()].add(byteCount)
        records.add(byteCount)
    }

    /// Takes the end of the last segment into account.
    mutating func finish() {
        if let end { closeSegment(end) }
        end = nil
    }

    private mutating func closeSegment(_ end: (segment: SegmentName, offset: Int)) {
        // An archived segment's name has its folder before it: what it takes there is not told in parts.
        guard let byteCount = segmentBytes[end.segment.description] else { return }
        let rest = byteCount - min(byteCount, UInt64(clamping: end.offset))
        if end.segment.isSealed { indexBytes &+= rest } else { unwrittenBytes &+= rest }
    }

    /// The files of each kind that there are.
    var kinds: [(kind: LogFile.Kind, tally: Tally)] {
        LogFile.Kind.allCases.compactMap { kind in
            let tally = files.lazy.filter { $0.kind == kind }.reduce(into: Tally()) {
                $0.add(Int(clamping: $1.byteCount))
            }
            return tally.records == 0 ? nil : (kind, tally)
        }
    }

    /// What all files of the log take, archives left out.
    var totalBytes: UInt64 {
        files.lazy.filter { $0.kind != .archived && $0.kind != .foreign }.reduce(0) { $0 &+ $1.byteCount }
    }

    /// The types, the one with most bytes first.
    var sortedTypes: [(type: String, tally: Tally)] {
        types.map { ($0.key, $0.value) }.sorted { ($1.tally.bytes, $0.type) < ($0.tally.bytes, $1.type) }
    }
}
