/// What an opening put aside because it was damaged.
package struct QuarantinedFile: Hashable, Sendable {
    /// What the file holds.
    package enum Content: Hashable, Sendable {
        /// The end of a commit that a crash cut, or that was given up.
        case tornEnd(of: SegmentName, offset: Int)
        /// A damaged snapshot that covered records to this sequence.
        case damagedSnapshot(coveredSequence: UInt64)
    }

    /// The file's name in the quarantine.
    package var name: String
    /// What it holds.
    package var content: Content
    /// When it was put there, in nanoseconds since 1970.
    package var time: Int64
    /// Its length in bytes.
    package var byteCount: UInt64
}

extension LogReader {
    /// What openings put aside, the oldest first. Files with other names are left out: they are not the log's.
    ///
    /// - Throws: ``LogError/fileSystem(_:)`` if the quarantine is there and cannot be read.
    package func quarantinedFiles() throws -> [QuarantinedFile] {
        let quarantine = "\(directory)/\(FileName.quarantine)"
        let names: [String]
        do throws(FileSystemError) {
            names = try fileSystem.entries(ofDirectory: quarantine)
        } catch {
            if error.isMissingFile { return [] }
            throw LogError.fileSystem(error)
        }
        return names.compactMap { name in
            guard let parsed = QuarantineName(fileName: name),
                let size = try? fileSystem.open("\(quarantine)/\(name)", as: .read).size()
            else { return nil }
            let content: QuarantinedFile.Content =
                switch parsed.content {
                case .tornEnd(let segment, let offset): .tornEnd(of: segment, offset: offset)
                case .damagedSnapshot(let snapshot): .damagedSnapshot(coveredSequence: snapshot.coveredSequence)
                }
            return QuarantinedFile(
                name: name, content: content, time: parsed.time, byteCount: UInt64(clamping: size))
        }
        .sorted { ($0.time, $0.name) < ($1.time, $1.name) }
    }
}
