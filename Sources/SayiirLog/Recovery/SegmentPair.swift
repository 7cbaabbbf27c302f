/// A segment of which both forms are there.
///
/// A crash leaves the sealed form beside the journal from which it was made, and they agree. A copy of a journal that was put back
/// beside the sealed form does not: what is behind its end stands in the sealed form only.
struct SegmentPair {
    let journal: SegmentName
    let directory: String
    let fileSystem: any FileSystem

    private var sealed: SegmentName { journal.otherForm }

    /// A contradiction between the two forms.
    struct Contradiction {
        /// The file that is to be moved away.
        var stray: SegmentName
        var expected: String
        var found: String
    }

    /// Compares the forms; reads all of the journal.
    func contradiction(in log: LogID) throws -> Contradiction? {
        let reader: SegmentReader
        do {
            let file = try fileSystem.open("\(directory)/\(journal)", as: .read)
            reader = SegmentReader(file, try SegmentHeader(of: file, expecting: journal))
        } catch let defect as SegmentHeader.Defect {
            return try contradiction(expected: "a segment header that fits its name", found: "\(defect)")
        }
        while case .frame = try reader.next() {}
        return try contradiction(of: reader, in: log)
    }

    /// Compares the forms; the journal was read to the end of its valid frames.
    func contradiction(of reader: SegmentReader, in log: LogID) throws -> Contradiction? {
        let position = reader.position
        let found = "\(position.nextSequence - 1) in \(journal)\(reader.isSealed ? "" : ", which has no seal")"
        let header: SegmentHeader
        do {
            header = try SegmentHeader(of: fileSystem.open("\(directory)/\(sealed)", as: .read), expecting: sealed)
        } catch let defect as SegmentHeader.Defect {
            return Contradiction(
                stray: sealed, expected: "the sealed form of \(journal), or no such file", found: "\(defect)")
        }
        guard case .sealed(let detail) = header.detail, header.log == log else {
            return Contradiction(
                stray: sealed, expected: "the sealed form of \(journal), or no such file",
                found: "a segment of log \(header.log)")
        }
        if reader.isSealed, detail.lastSequence == position.nextSequence - 1, detail.lastDigest == position.digest {
            return nil
        }
        return try contradiction(
            expected: "records up to sequence \(detail.lastSequence) and a seal, as \(sealed) has them",
            found: "records up to sequence \(found)")
    }

    private func contradiction(expected: String, found: String) throws -> Contradiction {
        Contradiction(stray: try isSealedFormWhole() ? journal : sealed, expected: expected, found: found)
    }

    /// Returns true if the sealed form can be read to its end.
    func isSealedFormWhole() throws -> Bool {
        let file = try fileSystem.open("\(directory)/\(sealed)", as: .read)
        guard let header = try? SegmentHeader(of: file, expecting: sealed) else { return false }
        let reader = SegmentReader(file, header)
        while true {
            switch try reader.next() {
            case .frame: continue
            case .end: return false
            case .sealed: return try reader.indexDefect() == nil && file.size() == Int64(header.size)
            }
        }
    }
}

extension SegmentHeader.Defect: CustomStringConvertible {
    /// The defect, as the end of a sentence.
    var description: String {
        switch self {
        case .damaged(let text): text
        case .newer(let needed, _, _): "a header of format version \(needed)"
        }
    }
}
