/// The name of a file in the quarantine: what it was taken from, and when.
struct QuarantineName: Hashable, Sendable, CustomStringConvertible {
    /// What was taken.
    enum Content: Hashable, Sendable {
        /// The end of a segment, from an offset on.
        case tornEnd(of: SegmentName, offset: Int)
        /// A snapshot.
        case damagedSnapshot(SnapshotName)
    }

    let content: Content
    /// When it was taken, in nanoseconds since 1970.
    let time: Int64

    private static let tornSuffix = ".torn"
    private static let damagedSuffix = ".damaged"

    init(_ content: Content, at time: Int64) {
        self.content = content
        self.time = time
    }

    /// Reads a file's name; `nil` unless it has exactly the form that ``description`` gives.
    init?(fileName: String) {
        let isTorn = fileName.hasSuffix(Self.tornSuffix)
        let suffix = isTorn ? Self.tornSuffix : Self.damagedSuffix
        guard fileName.hasSuffix(suffix) else { return nil }
        // A time before 1970 has a sign.
        let parts = fileName.dropLast(suffix.count).split(
            separator: "-", maxSplits: isTorn ? 3 : 1, omittingEmptySubsequences: false)
        if isTorn {
            guard parts.count == 4, let segment = SegmentName(fileName: "\(parts[0])-\(parts[1])"),
                let offset = Int(parts[2]), (0..<Int(Limits.segmentBytes)).contains(offset), let time = Int64(parts[3])
            else { return nil }
            self.init(.tornEnd(of: segment, offset: offset), at: time)
        } else {
            guard parts.count == 2, let snapshot = SnapshotName(fileName: String(parts[0])), let time = Int64(parts[1])
            else { return nil }
            self.init(.damagedSnapshot(snapshot), at: time)
        }
        guard description == fileName else { return nil }
    }

    /// The file's name, for example `00000001-00000000000000000001.seg-8192-1772366400000000000.torn`.
    var description: String {
        switch content {
        case .tornEnd(let segment, let offset): "\(segment)-\(offset)-\(time)\(Self.tornSuffix)"
        case .damagedSnapshot(let snapshot): "\(snapshot)-\(time)\(Self.damagedSuffix)"
        }
    }
}
