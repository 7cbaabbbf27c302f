import SayiirTesting

@testable import SayiirLog

/// Opens what a crash left of a disk and holds it to the model.
struct SurvivorCheck {
    let disk: InMemoryFileSystem
    let options: LogOptions
    let archives: [String]
    /// What may be found before the opening; afterwards what was found.
    private(set) var model: LogModel
    private(set) var counters = SimulationCounters()
    private var generator: SplitMix64
    private var directory: String { SimulatedWriter.directory }

    init(
        of disk: InMemoryFileSystem, model: LogModel, options: LogOptions, archives: [String], seed: UInt64
    ) {
        self.disk = disk
        self.model = model
        self.options = options
        self.archives = archives
        generator = SplitMix64(seed: seed)
    }

    private var reader: LogReader {
        LogReader(directory: directory, archives: archives, fileSystem: SwitchableDisk(disk))
    }

    /// Returns the log, open.
    mutating func run() throws -> SimulatedWriter {
        counters.count("crashes")
        let before = try examine()
        let damaged = try before.flatMap { try damagedBytes($0) }
        let writer: SimulatedWriter
        do {
            writer = try SimulatedWriter(on: disk, options: options)
        } catch {
            throw SimulationFailure(description: "the log does not open: \(error)")
        }
        try check(writer.report, before, damaged)
        try model.settle(at: writer.report.assessment.lastSequence)
        try expect(writer.contents == model.contents, "the snapshot and what follows it amount to something else")
        try settleRemovals()
        try checkFiles()
        try verify(disk)
        try lookUp(writer)
        if Int.random(in: 0..<3, using: &generator) == 0 {
            // What opening found, it has made durable.
            try verify(disk.crash(keeping: .nothing))
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            var watcher = Watcher(SwitchableDisk(disk), archives: archives)
            try watcher.poll(model, &counters)
            try expect(
                watcher.last?.sequence ?? model.removedThrough == model.lastSequence, "a new follower misses records")
        }
        return writer
    }

    // MARK: Before opening

    /// What a reader says; `nil` if there is no log yet.
    private mutating func examine() throws -> Assessment? {
        let assessment: Assessment
        do {
            assessment = try reader.verify { try model.check($0) }
        } catch let failure as SimulationFailure {
            throw failure
        } catch {
            try expect(model.possibleCommits.isEmpty, "a reader finds no log: \(error)")
            counters.count("crashes before there was a log")
            return nil
        }
        let verdict = assessment.verdict
        try expect(verdict == .clean || verdict == .torn, "a crash left a log that is \(assessment.refusal)")
        counters.count("\(verdict) ends")
        let contents = try LogContents(in: directory, fileSystem: disk)
        if !contents.leftovers.isEmpty { counters.count("leftovers of a removal") }
        if !contents.files.unfinishedSealed.isEmpty { counters.count("segments in both forms") }
        if !contents.files.unfinished.isEmpty { counters.count("unfinished files") }
        return assessment
    }

    private func damagedBytes(_ assessment: Assessment) throws -> [UInt8]? {
        guard assessment.verdict == .torn else { return nil }
        return try disk.open(assessment.file, as: .read)
            .readBytes(assessment.damagedBytes, at: Int64(assessment.offset))
    }

    // MARK: After opening

    private mutating func check(_ report: RecoveryReport, _ before: Assessment?, _ damaged: [UInt8]?) throws {
        try expect(report.rejectedSnapshots.isEmpty, "a crash left damaged snapshots: \(report.rejectedSnapshots)")
        if let covered = model.snapshotSequence {
            try expect(report.snapshotSequence ?? 0 >= covered, "the snapshot up to sequence \(covered) is gone")
        }
        if report.snapshotSequence != nil { counters.count("openings from a snapshot") }
        if report.completedRollOver { counters.count("roll-overs cut short") }
        guard let before else { return try expect(report.quarantineFile == nil, "a new log has a quarantine") }
        try expect(
            report.assessment.lastSequence == before.lastSequence && report.assessment.verdict == before.verdict,
            "a reader and the opening disagree: \(before), \(report.assessment)")
        guard let damaged else { return try expect(report.quarantineFile == nil, "there is a quarantine for no end") }
        guard let path = report.quarantineFile else {
            throw SimulationFailure(description: "a torn end was not put into the quarantine")
        }
        try expect(try disk.bytes(of: path) == damaged, "the quarantine holds other bytes than the torn end")
        try expect(try disk.synchronizedBytes(of: path) == damaged, "the quarantine is not durable")
    }

    /// Finds out whether a retention that was cut short took place.
    private mutating func settleRemovals() throws {
        let removed = try reader.removedSegments()
        try model.settleRemovals(removed)
        for (segment, next) in zip(removed, removed.dropFirst()) {
            try expect(
                next.name.number == segment.name.number + 1 && next.name.firstSequence == segment.lastSequence + 1,
                "the list of removals has a gap")
        }
        for segment in removed {
            try expect(
                model.digest(after: segment.lastSequence) == segment.lastDigest,
                "the list of removals tells another digest for \(segment.name)")
        }
    }

    /// Nothing is left of what was cut short.
    private func checkFiles() throws {
        let contents = try LogContents(in: directory, fileSystem: disk)
        try expect(
            contents.leftovers.isEmpty && contents.files.unfinishedSealed.isEmpty,
            "opening leaves \(contents.leftovers + contents.files.unfinishedSealed)")
        try expect(contents.files.unfinished.isEmpty, "opening leaves \(contents.files.unfinished)")
    }

    /// All of the log is there, as a reader sees it.
    private func verify(_ disk: InMemoryFileSystem) throws {
        let reader = LogReader(directory: directory, archives: archives, fileSystem: SwitchableDisk(disk))
        var next: UInt64?
        let assessment = try reader.verify { frame in
            try model.check(frame)
            guard frame.kind.holdsRecords else { return }
            if next == nil {
                try expect(
                    frame.firstSequence == (archives.isEmpty ? model.removedThrough + 1 : 1),
                    "the log begins with sequence \(frame.firstSequence)")
            }
            try expect(next == nil || frame.firstSequence == next, "there is a hole before \(frame.firstSequence)")
            next = frame.firstSequence + UInt64(frame.recordCount)
        }
        try expect(assessment.verdict == .clean, "after opening the log is \(assessment.refusal)")
        try expect(
            assessment.lastSequence == model.lastSequence && assessment.head == model.head,
            "after opening the log ends with sequence \(assessment.lastSequence), not \(model.lastSequence)")
        try expect(next ?? model.lastSequence + 1 == model.lastSequence + 1, "records are missing at the end")
    }

    private mutating func lookUp(_ writer: SimulatedWriter) throws {
        let segments = try LogFiles(in: directory, fileSystem: disk).segments
        if zip(segments, segments.dropFirst()).contains(where: { !$0.isSealed && $1.isSealed }) {
            counters.count("journals before sealed segments")
            for key in Draws.keys { try writer.checkLookUp(of: key, model) }
            return
        }
        let key = Int.random(in: 0..<4, using: &generator) == 0 ? "nobody" : Draws.key(using: &generator)
        try writer.checkLookUp(of: key, model)
    }
}

extension SimulatedWriter {
    /// Holds what the index finds for a key to the model.
    func checkLookUp(of key: String, _ model: LogModel, after sequence: UInt64 = 0) throws {
        let found = try index.records(withKey: key, after: sequence).map { record in
            LogModel.Record(
                sequence: record.sequence, key: record.key, byteCount: record.payload.count,
                checksum: record.payload.withUnsafeBytes { crc32c($0) })
        }
        let expected = model.records(of: key).filter { $0.sequence > sequence }
        // While a removal is half done, its records may be found or not.
        let certain = max(sequence, model.removingThrough ?? 0)
        try expect(
            found.filter { $0.sequence > certain } == expected.filter { $0.sequence > certain },
            "looking up \(key) after \(sequence) finds \(found.map(\.sequence)), not \(expected.map(\.sequence))")
        if let answer = index.mayContain(key) {
            try expect(answer || expected.isEmpty, "the index denies that there are records of \(key)")
        }
    }
}
