/// A file of a log that has a header block and frames.
package enum ExaminedFile: Hashable, Sendable, CustomStringConvertible {
    case segment(SegmentName)
    case snapshot(coveredSequence: UInt64)
    case removals

    /// Reads a file's name; `nil` if no such file of a log is called that.
    package init?(fileName: String) {
        if let name = SegmentName(fileName: fileName) {
            self = .segment(name)
        } else if let name = SnapshotName(fileName: fileName) {
            self = .snapshot(coveredSequence: name.coveredSequence)
        } else if fileName == FileName.removals {
            self = .removals
        } else {
            return nil
        }
    }

    /// The segment, if it is one.
    package var segment: SegmentName? {
        guard case .segment(let name) = self else { return nil }
        return name
    }

    /// The file's name.
    package var description: String {
        switch self {
        case .segment(let name): "\(name)"
        case .snapshot(let sequence): "\(SnapshotName(coveredSequence: sequence))"
        case .removals: FileName.removals
        }
    }

    /// What it is, as the owner of something.
    package var owner: String {
        switch self {
        case .segment: "the segment's"
        case .snapshot: "the snapshot's"
        case .removals: "the removals'"
        }
    }

    /// What does not fit between the file's name and its header; `nil` if nothing.
    func defect(of header: SegmentHeader) -> String? {
        switch (self, header.detail) {
        case (.segment(let name), .journal), (.segment(let name), .sealed):
            header.name == name ? nil : "it is that of \(header.name)"
        case (.snapshot(let sequence), .snapshot):
            header.firstSequence == sequence &+ 1
                ? nil : "it is that of a snapshot to sequence \(header.firstSequence - 1)"
        case (.removals, .removals): nil
        case (_, let detail): "it is that of a file of layout \(detail.layout.rawValue), \(detail.layout)"
        }
    }
}
