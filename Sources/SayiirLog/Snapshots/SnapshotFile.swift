/// A snapshot on disk: what its header says, and its entries.
struct SnapshotFile {
    let name: SnapshotName
    let header: SegmentHeader
    let detail: SnapshotDetail
    private let file: any File

    /// How many are kept: should the newest be damaged, there is one more.
    static let keptCount = 2

    /// Why a snapshot cannot be used.
    struct Defect: Error {
        var reason: String
    }

    /// Opens a snapshot and checks its header.
    ///
    /// - Throws: a ``Defect``, or a ``FileSystemError``.
    init(_ name: SnapshotName, in directory: String, fileSystem: any FileSystem) throws {
        self.name = name
        do {
            file = try fileSystem.open("\(directory)/\(name)", as: .read)
            header = try SegmentHeader(of: file)
        } catch let error as FileSystemError where error.isUnreadable || error.isPermissionDenied {
            throw Defect(reason: "\(error)")
        } catch SegmentHeader.Defect.newer {
            throw Defect(reason: "a newer version of this library wrote it")
        } catch SegmentHeader.Defect.damaged(let text) {
            throw Defect(reason: text)
        }
        guard case .snapshot(let detail) = header.detail, header.firstSequence == name.coveredSequence &+ 1 else {
            throw Defect(reason: "its header is not that of a snapshot up to sequence \(name.coveredSequence)")
        }
        self.detail = detail
    }

    /// Throws a ``Defect`` if the snapshot is not of that log.
    func require(_ log: LogID?) throws(Defect) {
        guard header.log == log else { throw Defect(reason: "it is another log's") }
    }

    /// Where the log goes on behind what the snapshot covers.
    var position: LogPosition {
        LogPosition(
            segment: header.number, offset: Int(truncatingIfNeeded: detail.offset),
            sequence: name.coveredSequence, digest: header.previousDigest)
    }

    /// The file's length in bytes.
    var byteCount: Int { Int(truncatingIfNeeded: header.size) }

    /// Reads and checks the whole file, and calls `visit` with each entry.
    ///
    /// - Throws: a ``Defect`` if anything is wrong with it, a ``FileSystemError``, or whatever `visit` throws.
    func read(visit: (LogRecord) throws -> Void = { _ in }) throws {
        do {
            try readBody(visit)
        } catch let error as FileSystemError where error.isUnreadable {
            // That is how a disk reports damage: the snapshot before, or the log itself, takes its place.
            throw Defect(reason: "\(error)")
        }
    }

    private func readBody(_ visit: (LogRecord) throws -> Void) throws {
        guard try file.size() == Int64(truncatingIfNeeded: header.size) else {
            throw Defect(reason: "its length is not \(header.size) bytes, as its header says")
        }
        let reader = SegmentReader(file, header)
        var count: UInt64 = 0
        while true {
            switch try reader.next() {
            case .frame(let frame):
                count += UInt64(frame.recordCount)
                try frame.forEachRecord { try visit($0) }
            case .end(let defect):
                throw Defect(
                    reason:
                        "at offset \(reader.position.offset): expected \(defect.expected), found \(defect.found)")
            case .sealed:
                guard reader.position.offset == byteCount, count == detail.entryCount else {
                    throw Defect(reason: "it does not end where its header says")
                }
                return
            }
        }
    }
}
