/// Opens a log for writing: lock, examine, decide by the opening rule, repair what may be repaired.
struct LogRecovery {
    let directory: String
    let fileSystem: any FileSystem
    let options: LogOptions

    /// An open log.
    struct Opened {
        var lock: WriterLock
        /// The files, with the directory held open.
        var fileSystem: any FileSystem
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

    /// Looks up the records of a key in a log that is not open yet.
    typealias LookUp = (_ key: String) throws -> [LogRecord]

    /// Opens the log, creating it if the directory is missing or empty.
    ///
    /// Whatever the newest whole snapshot covers is given to `restoration` as its entries; `replay` is called with each frame
    /// of records from there on, and `settle` once after that. Up to there nothing is written: what is refused, or what they throw, leaves
    /// every byte as it was, and no lock.
    func open(
        restoration: SnapshotRestoration? = nil, replay: (Frame) throws -> Void,
        settle: (LookUp) throws -> Void = { _ in }
    ) throws -> Opened {
        let files = try prepareDirectory()
        let held = try fileSystem.holding(directory: directory)
        return try LogRecovery(directory: directory, fileSystem: held, options: options)
            .openHeld(files, restoration: restoration, replay: replay, settle: settle)
    }

    private func openHeld(
        _ files: LogFiles, restoration: SnapshotRestoration?, replay: (Frame) throws -> Void,
        settle: (LookUp) throws -> Void
    ) throws -> Opened {
        if !files.hasLock, !files.isFresh { try refuseWithoutLockFile(files) }
        let lock = try WriterLock(in: directory, fileSystem: fileSystem)
        try MovedMark.refuse(directory, fileSystem: fileSystem)
        try lockNewest(lock)
        var examined = try examine(restoration, replay)
        guard let end = examined.outcome.end else { return try create(lock, examined) }
        try settleOrRefuse(settle, examined)
        // The newest segment may have been another one before all segments were read.
        if try !lock.hold(segment: "\(directory)/\(end.header.name)", fileSystem: fileSystem) { throw locked() }

        // From here on the directory is changed.
        try lock.note(holder: options.holder)
        try discardUnfinished()
        switch examined.outcome.assessment.verdict {
        case .clean, .corrupt: break
        case .torn, .ambiguous: examined.report.quarantineFile = try repair(examined.outcome.assessment, at: end)
        }
        // A name that a crash left undecided must be settled before anything is built on it.
        try fileSystem.synchronizeDirectory(at: directory)
        examined.report.completedRollOver = try completeRollOver(end)
        let file = try fileSystem.open("\(directory)/\(end.header.name)", as: .readWrite)
        try zeroAgain(file, behind: end)
        try rewrite(file, from: end.durableThrough, to: end.position.offset)
        try quarantineRejected(examined.report.rejectedSnapshots)
        try identify(end.header.log)
        let segments = try removeLeftovers(&examined.report)
        let start = Journal.Start(position: end.position, header: end.header, file: file, place: place(with: lock))
        return Opened(
            lock: lock, fileSystem: fileSystem, start: start, index: examined.index,
            readFrom: examined.snapshot?.position, segments: segments,
            snapshotBytes: examined.snapshot?.byteCount ?? 0, report: examined.report)
    }

    private func place(with lock: WriterLock) -> WriterPlace {
        WriterPlace(directory: directory, fileSystem: fileSystem, lock: lock)
    }

    /// Begins a new log.
    private func create(_ lock: WriterLock, _ examined: Examined) throws -> Opened {
        try lock.note(holder: options.holder)
        try discardUnfinished()
        var start = try Journal.create(in: directory, fileSystem: fileSystem, options: options)
        let segment = "\(directory)/\(start.header.name)"
        guard try lock.hold(segment: segment, fileSystem: fileSystem) else { throw locked() }
        start.place = place(with: lock)
        try identify(start.header.log)
        var report = examined.report
        report.isNew = true
        return Opened(
            lock: lock, fileSystem: fileSystem, start: start, segments: [start.header.name], report: report)
    }

    // MARK: Examination

    /// The result of reading the log, before anything is changed.
    private struct Examined {
        var outcome: LogScan.Outcome
        var snapshot: SnapshotFile?
        var index = KeyIndex()
        var report: RecoveryReport
    }

    /// Reads the log and judges it as `verify` does.
    ///
    /// A reading that begins at a snapshot sees less than one of the whole log. Where it finds anything wrong, the whole log is read, and
    /// that decides.
    ///
    /// - Throws: ``LogError/refused(_:)`` unless the log may be written.
    private func examine(_ restoration: SnapshotRestoration?, _ replay: (Frame) throws -> Void) throws -> Examined {
        var examined = Examined(
            outcome: LogScan.Outcome(assessment: Assessment(directory: directory)),
            report: RecoveryReport(assessment: Assessment(directory: directory), isNew: false))
        examined.snapshot = try restoreSnapshot(restoration, &examined.report)
        do {
            try scan(&examined, replay)
        } catch LogError.refused(let assessment) {
            // The index of a sealed segment is damaged, in which the place of the snapshot was looked up.
            try refuseDamage()
            throw LogError.refused(assessment)
        }
        if examined.snapshot != nil, isRefused(examined.outcome.assessment) {
            try refuseDamage()
            examined.report.unusedSnapshots += examined.snapshot.map { ["\(directory)/\($0.name)"] } ?? []
            examined.report.snapshotSequence = nil
            examined.snapshot = nil
            examined.index = KeyIndex()
            restoration?.reset()
            try scan(&examined, replay)
        }
        if isRefused(examined.outcome.assessment) { throw LogError.refused(examined.outcome.assessment) }
        examined.report.assessment = examined.outcome.assessment
        return examined
    }

    private func scan(_ examined: inout Examined, _ replay: (Frame) throws -> Void) throws {
        var index = KeyIndex()
        let scan = LogScan(directory: directory, fileSystem: fileSystem, start: examined.snapshot?.position)
        examined.outcome = try scan.run { frame in
            guard frame.kind.holdsRecords else { return }
            if frame.kind == .records { index.add(frame) }
            try replay(frame)
        }
        examined.index = index
    }

    private func isRefused(_ assessment: Assessment) -> Bool {
        switch assessment.verdict {
        case .clean, .torn: false
        case .ambiguous: !options.truncatesAmbiguousTail
        case .corrupt: true
        }
    }

    /// Reads all of the log, and refuses what `verify` calls damaged.
    private func refuseDamage() throws {
        let assessment = try LogScan(directory: directory, fileSystem: fileSystem).run { _ in }.assessment
        if isRefused(assessment) { throw LogError.refused(assessment) }
    }

    /// Lets the caller look up what it needs before the log is open. Damage that this meets is judged as `verify` judges it.
    private func settleOrRefuse(_ settle: (LookUp) throws -> Void, _ examined: Examined) throws {
        var made: LogIndex?
        do {
            try settle { key in
                let index = try made ?? index(of: examined)
                made = index
                return try index.records(withKey: key, after: 0)
            }
        } catch {
            // The caller may have wrapped the error, so its type does not tell.
            if examined.snapshot != nil { try refuseDamage() }
            throw error
        }
    }

    private func index(of examined: Examined) throws -> LogIndex {
        let segments = try LogContents(in: directory, fileSystem: fileSystem).segments
        let index = LogIndex(
            examined.index, sealed: segments.filter(\.isSealed), isComplete: examined.snapshot == nil, in: directory,
            fileSystem: fileSystem)
        if let end = examined.snapshot?.position {
            let journals = segments.filter { !$0.isSealed }
            index.complete(
                with: try Upkeep.readIndex(of: journals, until: end, in: directory, fileSystem: fileSystem))
        }
        return index
    }

    // MARK: Locks

    /// Judges a directory that has segments and no lock file, before one is made in it. A copy has none; or it was removed, perhaps under
    /// a running writer.
    private func refuseWithoutLockFile(_ files: LogFiles) throws {
        try MovedMark.refuse(directory, fileSystem: fileSystem)
        try refuseLockedSegment(of: files)
        try refuseDamage()
    }

    private func refuseLockedSegment(of files: LogFiles) throws {
        guard let newest = files.segments.last, !newest.isSealed else { return }
        guard try fileSystem.open("\(directory)/\(newest)", as: .read).isLockedElsewhere() else { return }
        throw locked()
    }

    /// Takes the lock of the newest segment too. Another writer has it if the lock file was removed or replaced under that writer.
    private func lockNewest(_ lock: WriterLock) throws {
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard let newest = files.segments.last, !newest.isSealed else { return }
        guard try lock.hold(segment: "\(directory)/\(newest)", fileSystem: fileSystem) else { throw locked() }
    }

    private func locked() -> LogError {
        .locked(directory: directory, holder: "a process whose file \(FileName.lock) was removed or replaced")
    }

    // MARK: Steps

    /// Sees to it that the directory names its log. A full disk must not keep a log from being opened that needs no room.
    private func identify(_ log: LogID) throws(FileSystemError) {
        guard try LogIdentity(in: directory, fileSystem: fileSystem)?.log != log else { return }
        do throws(FileSystemError) {
            try LogIdentity.write(log, to: directory, fileSystem: fileSystem)
        } catch {
            guard error.isOutOfSpace else { throw error }
            try? fileSystem.remove("\(directory)/\(FileName.unfinishedIdentity)")
        }
    }

    /// Restores the newest snapshot that is whole, if there is one, and notes those that are not.
    private func restoreSnapshot(
        _ restoration: SnapshotRestoration?, _ report: inout RecoveryReport
    ) throws -> SnapshotFile? {
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        let log = try files.identity(in: directory, fileSystem: fileSystem)
        guard log != nil else { return nil }
        for name in files.snapshots.reversed() {
            do {
                let snapshot = try SnapshotFile(name, in: directory, fileSystem: fileSystem)
                try snapshot.require(log)
                // One that was put back, and that the log has been shortened past. All that is live stands behind.
                guard snapshot.position.segment >= files.segments.first?.number ?? 0 || !files.hasRemovals else {
                    report.unusedSnapshots.append("\(directory)/\(name)")
                    continue
                }
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

    /// Removes files of which nothing is lost with them: sealed forms whose journals were just found to hold the same, and what a removal
    /// that was cut short left of segments. Returns the log's segments.
    private func removeLeftovers(_ report: inout RecoveryReport) throws -> [SegmentName] {
        let contents = try LogContents(in: directory, fileSystem: fileSystem)
        // The examination refuses a pair that contradicts itself.
        for name in contents.files.unfinishedSealed { try fileSystem.remove("\(directory)/\(name)") }
        let leftovers = Leftovers(directory: directory, archive: options.retention.archive, fileSystem: fileSystem)
        for name in try leftovers.superfluous(of: contents.leftovers) {
            try fileSystem.remove("\(directory)/\(name)")
            report.assessment.unusedSegments.removeAll { $0 == name }
        }
        return contents.segments
    }

    /// Creates the directory if it is missing, and refuses one that holds something else.
    private func prepareDirectory() throws -> LogFiles {
        // A log whose directory vanishes in a crash is lost with everything in it. One that has a segment has got this far before.
        try fileSystem.createMissingDirectories(at: directory)
        let files = try LogFiles(in: directory, fileSystem: fileSystem)
        guard files.segments.isEmpty, files.trace == nil else { return files }
        guard files.isFresh else {
            throw LogError.notALog(directory: directory, reason: files.strangeness)
        }
        try fileSystem.createDirectoryDurably(at: directory)
        return files
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
