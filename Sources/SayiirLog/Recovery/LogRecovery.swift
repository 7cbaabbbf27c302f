/// Opens a log for writing: lock, examine, decide by the opening rule, repair what may be repaired.
struct LogRecovery {
    let directory: String
    let fileSystem: any FileSystem
    let options: LogOptions

    /// An open log.
    struct Opened {
        var lock: WriterLock
        var start: Journal.Start
        var index: KeyIndex
        var report: RecoveryReport
    }

    /// Opens the log, creating it if the directory is missing or empty, and calls `replay` with each frame of records.
    func open(replay: (Frame) throws -> Void) throws -> Opened {
        let isNew = try prepareDirectory()
        let lock = try WriterLock(in: directory, holder: options.holder, fileSystem: fileSystem)
        try discardPreparedSegment()
        var index = KeyIndex()
        let outcome = try LogScan(directory: directory, fileSystem: fileSystem).run { frame in
            guard frame.kind == .records else { return }
            index.add(frame)
            try replay(frame)
        }
        var report = RecoveryReport(
            assessment: outcome.assessment, isNew: isNew, quarantineFile: nil, completedRollOver: false)
        guard let end = outcome.end else {
            guard outcome.assessment.verdict == .clean else { throw LogError.refused(outcome.assessment) }
            report.isNew = true
            let start = try Journal.create(in: directory, fileSystem: fileSystem, options: options)
            return Opened(lock: lock, start: start, index: index, report: report)
        }
        switch outcome.assessment.verdict {
        case .clean:
            break
        case .torn:
            report.quarantineFile = try repair(outcome.assessment, at: end)
        case .ambiguous where options.truncatesAmbiguousTail:
            report.quarantineFile = try repair(outcome.assessment, at: end)
        case .ambiguous, .corrupt:
            throw LogError.refused(outcome.assessment)
        }
        report.completedRollOver = try completeRollOver(end)
        let file = try fileSystem.open("\(directory)/\(end.header.name)", as: .readWrite)
        try rewrite(file, from: end.durableThrough, to: end.position.offset)
        let start = Journal.Start(position: end.position, header: end.header, file: file)
        return Opened(lock: lock, start: start, index: index, report: report)
    }

    /// Creates the directory if it is missing, and refuses one that holds something else.
    private func prepareDirectory() throws -> Bool {
        let missing = try missingDirectories()
        if !missing.isEmpty {
            try fileSystem.createDirectory(at: directory)
            // A log whose directory vanishes in a crash is lost with everything in it.
            for path in missing { try fileSystem.synchronizeDirectory(at: parent(of: path)) }
        }
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard !files.segments.isEmpty || files.isFresh else {
            throw LogError.notALog(directory: directory, reason: "it holds other files and no segment")
        }
        return files.segments.isEmpty
    }

    /// The log's directory and those above it that do not exist, the highest last.
    private func missingDirectories() throws(FileSystemError) -> [String] {
        var missing: [String] = []
        var path = directory
        while true {
            do throws(FileSystemError) {
                _ = try fileSystem.entries(ofDirectory: path)
                return missing
            } catch {
                guard error.isMissingFile, parent(of: path) != path else { throw error }
                missing.append(path)
                path = parent(of: path)
            }
        }
    }

    private func parent(of path: String) -> String {
        let components = path.split(separator: "/")
        if path.hasPrefix("/") { return "/" + components.dropLast().joined(separator: "/") }
        return components.count < 2 ? "." : components.dropLast().joined(separator: "/")
    }

    private func discardPreparedSegment() throws(FileSystemError) {
        guard try fileSystem.entries(ofDirectory: directory).contains(SegmentName.prepared) else { return }
        try fileSystem.remove("\(directory)/\(SegmentName.prepared)")
    }

    /// Copies the damaged end to the quarantine, durably, and only then puts zeros in its place. Returns the copy's path.
    private func repair(_ assessment: Assessment, at end: LogScan.End) throws(FileSystemError) -> String {
        let offset = end.position.offset
        let file = try fileSystem.open("\(directory)/\(end.header.name)", as: .readWrite)
        let bytes = try file.readBytes(assessment.damagedBytes, at: Int64(offset))
        let quarantine = "\(directory)/\(SegmentName.quarantine)"
        try fileSystem.createDirectory(at: quarantine)
        let path = "\(quarantine)/\(end.header.name)-\(offset)-\(options.now()).torn"
        let copy = try fileSystem.open(path, as: .readWriteCreating)
        try copy.writeFully(bytes, at: 0)
        try copy.synchronize()
        try fileSystem.synchronizeDirectory(at: quarantine)
        try fileSystem.synchronizeDirectory(at: directory)
        try file.writeFully([UInt8](repeating: 0, count: bytes.count), at: Int64(offset))
        try file.synchronize()
        return path
    }

    /// Writes the seal that a crash kept from the segment before the newest.
    private func completeRollOver(_ end: LogScan.End) throws(FileSystemError) -> Bool {
        guard let position = end.unsealedPredecessor else { return false }
        let file = try fileSystem.open("\(directory)/\(position.segment)", as: .readWrite)
        let seal = FrameEncoder.promise(
            .seal, nextSequence: position.nextSequence, digest: position.digest, at: position.offset,
            durableThrough: position.offset,
            in: FrameEncoder.Segment(
                number: position.segment.number, checksumSeed: position.checksumSeed, isAlone: true))
        try file.writeFully(seal, at: Int64(position.offset))
        try file.synchronize()
        return true
    }

    /// Writes the frames that nothing promises once more, and syncs.
    ///
    /// After a failed sync the system may serve content from memory that the disk does not hold, and count it as
    /// written. Only writing it again makes it be written.
    private func rewrite(_ file: any File, from start: Int, to end: Int) throws(FileSystemError) {
        try file.writeFully(try file.readBytes(max(0, end - start), at: Int64(start)), at: Int64(start))
        try file.synchronize()
        // A name that a crash left undecided must be settled before anything is built on it.
        try fileSystem.synchronizeDirectory(at: directory)
    }
}
