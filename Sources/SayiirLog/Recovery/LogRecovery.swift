/// Opens a log for writing: lock, examine, decide by the opening rule, repair what may be repaired.
struct LogRecovery {
    let directory: String
    let fileSystem: any FileSystem
    let options: LogOptions

    /// An open log.
    struct Opened {
        var lock: WriterLock
        var start: Journal.Start
        /// The places of the records in the journals, as far as these were read.
        var index = KeyIndex()
        /// Where the reading began; before, the journals are not in the index.
        var readFrom: LogPosition?
        /// The segments, the newest last.
        var segments: [SegmentName] = []
        /// The length of the snapshot that was used, in bytes.
        var snapshotBytes = 0
        var report: RecoveryReport
    }

    /// Opens the log, creating it if the directory is missing or empty.
    ///
    /// Whatever the newest whole snapshot covers is given to `restoration` as its entries; `replay` is called with each frame
    /// of records from there on.
    func open(restoration: SnapshotRestoration? = nil, replay: (Frame) throws -> Void) throws -> Opened {
        let isNew = try prepareDirectory()
        let lock = try WriterLock(in: directory, holder: options.holder, fileSystem: fileSystem)
        try MovedMark.refuse(directory, fileSystem: fileSystem)
        try discardUnfinished()
        var report = RecoveryReport(assessment: Assessment(directory: directory), isNew: isNew)
        let snapshot = try restoreSnapshot(restoration, &report)
        var index = KeyIndex()
        let outcome = try LogScan(directory: directory, fileSystem: fileSystem, start: snapshot?.position).run {
            frame in
            guard frame.kind.holdsRecords else { return }
            if frame.kind == .records { index.add(frame) }
            try replay(frame)
        }
        report.assessment = outcome.assessment
        guard let end = outcome.end else {
            guard outcome.assessment.verdict == .clean, snapshot == nil else {
                throw LogError.refused(outcome.assessment)
            }
            report.isNew = true
            let start = try Journal.create(in: directory, fileSystem: fileSystem, options: options)
            return Opened(lock: lock, start: start, segments: [start.header.name], report: report)
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
        // A name that a crash left undecided must be settled before anything is built on it.
        try fileSystem.synchronizeDirectory(at: directory)
        report.completedRollOver = try completeRollOver(end)
        let file = try fileSystem.open("\(directory)/\(end.header.name)", as: .readWrite)
        try zeroAgain(file, behind: end)
        try rewrite(file, from: end.durableThrough, to: end.position.offset)
        try quarantineRejected(report.rejectedSnapshots)
        return Opened(
            lock: lock, start: Journal.Start(position: end.position, header: end.header, file: file), index: index,
            readFrom: snapshot?.position, segments: try removeLeftovers(), snapshotBytes: snapshot?.byteCount ?? 0,
            report: report)
    }

    /// Restores the newest snapshot that is whole, if there is one, and notes those that are not.
    private func restoreSnapshot(
        _ restoration: SnapshotRestoration?, _ report: inout RecoveryReport
    ) throws -> SnapshotFile? {
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        let log = try files.identity(in: directory, fileSystem: fileSystem)
        for name in files.snapshots.reversed() {
            do {
                let snapshot = try SnapshotFile(name, in: directory, fileSystem: fileSystem)
                try snapshot.require(log)
                if let restoration {
                    guard snapshot.detail.contentVersion == restoration.contentVersion else {
                        report.unusedSnapshots.append("\(directory)/\(name)")
                        continue
                    }
                    restoration.reset()
                    try snapshot.read(visit: restoration.restore)
                } else {
                    try snapshot.read()
                }
                report.snapshotSequence = name.coveredSequence
                return snapshot
            } catch let defect as SnapshotFile.Defect {
                report.rejectedSnapshots.append(
                    RejectedSnapshot(file: "\(directory)/\(name)", reason: defect.reason))
            }
        }
        restoration?.reset()
        return nil
    }

    /// Takes damaged snapshots out of the way: they must not count among those that are kept.
    private func quarantineRejected(_ rejected: [RejectedSnapshot]) throws(FileSystemError) {
        guard !rejected.isEmpty else { return }
        let quarantine = "\(directory)/\(FileName.quarantine)"
        try fileSystem.createDirectory(at: quarantine)
        for snapshot in rejected {
            guard let name = snapshot.file.split(separator: "/").last.flatMap({ SnapshotName(fileName: String($0)) })
            else { continue }
            let aside = QuarantineName(.damagedSnapshot(name), at: options.now())
            try fileSystem.rename(snapshot.file, to: "\(quarantine)/\(aside)")
        }
        try fileSystem.synchronizeDirectory(at: quarantine)
        try fileSystem.synchronizeDirectory(at: directory)
    }

    /// Removes what a removal that was cut short left of segments. Returns the log's segments.
    private func removeLeftovers() throws -> [SegmentName] {
        let contents = try LogContents(in: directory, fileSystem: fileSystem)
        for name in contents.leftovers { try fileSystem.remove("\(directory)/\(name)") }
        for name in contents.files.unfinishedSealed { try fileSystem.remove("\(directory)/\(name)") }
        return contents.segments
    }

    /// Creates the directory if it is missing, and refuses one that holds something else.
    private func prepareDirectory() throws -> Bool {
        // A log whose directory vanishes in a crash is lost with everything in it. One that has a segment has got this far before.
        try fileSystem.createMissingDirectories(at: directory)
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard !files.segments.isEmpty || files.isFresh else {
            throw LogError.notALog(directory: directory, reason: "it holds other files and no segment")
        }
        if files.segments.isEmpty { try fileSystem.createDirectoryDurably(at: directory) }
        return files.segments.isEmpty
    }

    private func discardUnfinished() throws(FileSystemError) {
        for name in try LogFiles(in: directory, fileSystem: fileSystem).unfinished {
            try fileSystem.remove("\(directory)/\(name)")
        }
    }

    /// Copies the damaged end to the quarantine, durably, and only then puts zeros in its place. Returns the copy's path.
    private func repair(_ assessment: Assessment, at end: LogScan.End) throws(FileSystemError) -> String {
        let offset = end.position.offset
        let file = try fileSystem.open("\(directory)/\(end.header.name)", as: .readWrite)
        let bytes = try file.readBytes(assessment.damagedBytes, at: Int64(offset))
        let quarantine = "\(directory)/\(FileName.quarantine)"
        try fileSystem.createDirectory(at: quarantine)
        let aside = QuarantineName(.tornEnd(of: end.header.name, offset: offset), at: options.now())
        let path = "\(quarantine)/\(aside)"
        let copy = try fileSystem.open(path, as: .readWriteCreating)
        try copy.writeFully(bytes, at: 0)
        try copy.synchronize()
        try fileSystem.synchronizeDirectory(at: quarantine)
        try fileSystem.synchronizeDirectory(at: directory)
        try file.writeFully([UInt8](repeating: 0, count: bytes.count), at: Int64(offset))
        try file.synchronize()
        return path
    }

    /// Sees to it that the segment before one without frames has its seal, durably. Returns whether it was missing.
    private func completeRollOver(_ end: LogScan.End) throws(FileSystemError) -> Bool {
        guard let seal = end.precedingSeal else { return false }
        try seal.write(to: fileSystem.open("\(directory)/\(seal.position.segment)", as: .readWrite))
        return !seal.isThere
    }

    /// Puts zeros once more where an earlier opening put them in the place of a torn end: it may have been cut short before
    /// they were durable, and after a failed sync the system shows them and writes them no more. The files in the quarantine tell where.
    private func zeroAgain(_ file: any File, behind end: LogScan.End) throws(FileSystemError) {
        let quarantine = "\(directory)/\(FileName.quarantine)"
        let names: [String]
        do throws(FileSystemError) {
            names = try fileSystem.entries(ofDirectory: quarantine)
        } catch {
            guard error.isMissingFile else { throw error }
            return
        }
        for name in names {
            guard case .tornEnd(end.header.name, let offset) = QuarantineName(fileName: name)?.content else { continue }
            let size = Int(try fileSystem.open("\(quarantine)/\(name)", as: .read).size())
            let start = max(offset, end.position.offset)
            let count = min(offset + size, end.position.segmentSize) - start
            guard count > 0 else { continue }
            try file.writeFully([UInt8](repeating: 0, count: count), at: Int64(start))
        }
    }

    /// Writes the frames that nothing promises once more, and syncs.
    ///
    /// After a failed sync the system may serve content from memory that the disk does not hold, and count it as
    /// written. Only writing it again makes it be written.
    private func rewrite(_ file: any File, from start: Int, to end: Int) throws(FileSystemError) {
        try file.writeFully(try file.readBytes(max(0, end - start), at: Int64(start)), at: Int64(start))
        try file.synchronize()
    }
}
