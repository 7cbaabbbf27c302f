/// A file in a log's directory or in one of its archives.
package struct LogFile: Hashable, Sendable {
    /// What a file is for.
    package enum Kind: String, CaseIterable, Sendable {
        /// A segment that is, or was, written into.
        case journal
        /// A segment that was packed and indexed.
        case sealed
        /// The next segment, made ahead, and what a writer that did not come to its end left behind.
        case prepared
        case snapshot
        /// The lock, the list of removals, the log's name.
        case other
        /// What was put aside because it was damaged.
        case quarantined
        /// A segment in an archive.
        case archived
        /// Not the log's.
        case foreign
    }

    /// The file's name, with its folder if that is not the log's own.
    package var name: String
    /// What it is for.
    package var kind: Kind
    /// Its length in bytes.
    package var byteCount: UInt64
}

extension LogReader {
    /// The first sequence that can be read, in the directory or in an archive.
    ///
    /// - Throws: ``LogError`` if a directory or the list of removals cannot be read.
    package func firstSequence() throws -> UInt64 { try segments().first?.name.firstSequence ?? 1 }

    /// All files of the log, in the order of their names; archives last.
    ///
    /// A file that vanishes meanwhile, as a writer makes some of them do, is left out.
    ///
    /// - Throws: ``LogError/fileSystem(_:)`` if a directory cannot be read.
    package func files() throws -> [LogFile] {
        do throws(FileSystemError) {
            let names = try fileSystem.entries(ofDirectory: directory).sorted()
            var files = names.filter { $0 != FileName.quarantine }
                .compactMap { file($0, in: directory, Self.kind(of: $0)) }
            if names.contains(FileName.quarantine) {
                let quarantine = "\(directory)/\(FileName.quarantine)"
                files += try fileSystem.entries(ofDirectory: quarantine).sorted()
                    .compactMap { file($0, in: quarantine, .quarantined) }
            }
            for archive in archives {
                files += try fileSystem.entries(ofDirectory: archive).sorted()
                    .filter { SegmentName(fileName: $0) != nil }
                    .compactMap { file($0, in: archive, .archived) }
            }
            return files
        } catch {
            throw LogError.fileSystem(error)
        }
    }

    private func file(_ name: String, in folder: String, _ kind: LogFile.Kind) -> LogFile? {
        let path = "\(folder)/\(name)"
        guard let size = try? fileSystem.open(path, as: .read).size() else { return nil }
        return LogFile(name: folder == directory ? name : path, kind: kind, byteCount: UInt64(clamping: size))
    }

    private static func kind(of name: String) -> LogFile.Kind {
        if let segment = SegmentName(fileName: name) { return segment.isSealed ? .sealed : .journal }
        if SnapshotName(fileName: name) != nil { return .snapshot }
        if FileName.unfinished.contains(name) { return .prepared }
        let others = [FileName.lock, FileName.removals, FileName.identity]
        return others.contains(name) ? .other : .foreign
    }
}
