import SayiirTesting

@testable import SayiirLog

/// Changes the files of a log as people and programs do, between runs and openings. One seed decides everything.
///
/// A log is written, and its directory is saved now and then, as backups are. Then files are restored over what is there, removed, renamed,
/// replaced, put back from the archive, or copied in part; or a disk is full, or a call fails. What is left is verified and opened.
/// Nothing that was acknowledged may be missing without a refusal, both must agree, and a refusal must leave every byte.
package struct FileSimulation {
    typealias Files = [String: [UInt8]]

    private static let directory = SimulatedWriter.directory
    private static let archive = "store/old"
    private static let otherDirectory = "other/log"

    private let seed: UInt64
    var generator: SplitMix64
    private let options: LogOptions
    private var disk = InMemoryFileSystem()
    private var writer: SimulatedWriter?
    private var model: LogModel
    /// States of a directory that were whole: of this log, and of another one.
    private var saved: [SavedState] = []
    private(set) var counters = SimulationCounters()
    /// A Boolean value that indicates whether the changes of the case have left nothing that proves that a log was there.
    private var isBlank = false
    /// The changes so far, for the description of a failure.
    private var steps: [String] = []

    /// A directory as it was, and where its log ended.
    private struct SavedState {
        var files: Files
        var lastSequence: UInt64
        var head: ChainDigest
    }

    /// Runs cases until `count` were checked.
    ///
    /// - Returns: What was met.
    /// - Throws: a ``SimulationFailure`` at the first thing that must not be.
    package static func run(seed: UInt64, cases count: Int = 40) throws -> SimulationCounters {
        var simulation = try FileSimulation(seed: seed)
        do {
            try simulation.write()
            for _ in 0..<count { try simulation.checkCase() }
        } catch {
            throw SimulationFailure(
                description: """
                    seed \(seed), after \(simulation.steps): \(error)
                    To see it again: SAYIIR_SEED=\(seed) SAYIIR_FILE_CASES=1 scripts/test --filter FileSimulationTests
                    """)
        }
        return simulation.counters
    }

    private init(seed: UInt64) throws {
        self.seed = seed
        generator = SplitMix64(seed: seed)
        let log = LogID(using: &generator)
        model = LogModel(log: log)
        options = Self.options(for: log, archive: Bool.random(using: &generator) ? Self.archive : nil)
    }

    private static func options(for log: LogID, archive: String?) -> LogOptions {
        var options = LogOptions()
        options.segmentBytes = 8192
        options.firstSegmentBytes = 8192
        options.holder = "the simulation"
        options.retention.archive = archive
        options.now = { 1_700_000_000_000_000_000 }
        options.makeLogID = { log }
        return options
    }

    // MARK: The log

    /// Writes the log, and another one.
    private mutating func write() throws {
        var otherModel = LogModel(log: LogID(using: &generator))
        let otherDisk = InMemoryFileSystem()
        var other: SimulatedWriter? = try SimulatedWriter(
            on: otherDisk, options: Self.options(for: otherModel.log, archive: nil))
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            if let other { try Self.commit(other, &otherModel, &generator) }
        }
        other = nil
        saved.append(
            SavedState(
                files: try Self.files(of: otherDisk), lastSequence: otherModel.lastSequence, head: otherModel.head))
        let mayRemove = Bool.random(using: &generator)
        for _ in 0..<Int.random(in: 1...30, using: &generator) { try takeStep(mayRemove: mayRemove) }
        if Bool.random(using: &generator) { try writer?.promise() }
        writer = nil
    }

    private mutating func takeStep(mayRemove: Bool) throws {
        let writer = try writer ?? SimulatedWriter(on: disk, options: options)
        self.writer = writer
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<10: try Self.commit(writer, &model, &generator)
        case 10..<13: if !writer.full.isEmpty { try writer.seal(at: 0) }
        case 13..<16:
            guard model.lastSequence > 0 else { return }
            try writer.writeSnapshot(of: model.contents, ballast: 9, neededFrom: model.lastSequence + 1)
        case 16:
            guard mayRemove else { return }
            let plan = try writer.planRetention(Retention(maximumBytes: 0))
            try writer.applyRetention(plan, archive: options.retention.archive)
        case 17: self.writer = nil
        default:
            saved.append(
                SavedState(files: try Self.files(of: disk), lastSequence: model.lastSequence, head: model.head))
        }
    }

    private static func commit(
        _ writer: SimulatedWriter, _ model: inout LogModel, _ generator: inout SplitMix64
    ) throws {
        let (batches, records) = try Draws.batches(largerThan: nil, using: &generator)
        model.submit(batches, records: records)
        _ = try writer.commit(batches)
        model.acknowledge()
    }

    /// The files of the log's directory, by their names in it.
    private static func files(of disk: InMemoryFileSystem) throws -> Files {
        try disk.files.filter { $0.hasPrefix(directory + "/") }.reduce(into: [:]) {
            $0[String($1.dropFirst(directory.count + 1))] = try disk.bytes(of: $1)
        }
    }

    // MARK: A case

    private mutating func checkCase() throws {
        counters.count("cases")
        steps = []
        let changed = disk.snapshot()
        for _ in 0..<Int.random(in: 1...3, using: &generator) { try change(changed) }
        isBlank = try Self.files(of: changed).keys.allSatisfy(Self.isSilent)
        if Int.random(in: 0..<4, using: &generator) == 0 { try openWithTrouble(changed) }
        try judge(changed)
    }

    private mutating func note(_ step: String) {
        steps.append(step)
        counters.count(step.prefix { $0 != ":" }.description)
    }

    /// Does something to the files of a directory.
    private mutating func change(_ disk: InMemoryFileSystem) throws {
        let names = try Self.files(of: disk).keys.sorted()
        guard let name = names.randomElement(using: &generator) else { return }
        let path = "\(Self.directory)/\(name)"
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1:
            guard let state = saved.randomElement(using: &generator) else { return }
            note("restored over what is there")
            for (name, bytes) in state.files { try put(bytes, name, disk) }
        case 2, 3:
            guard let state = saved.randomElement(using: &generator) else { return }
            note("restored in part")
            for name in state.files.keys.sorted() where Bool.random(using: &generator) {
                try put(state.files[name] ?? [], name, disk)
            }
        case 4:
            guard let state = saved.randomElement(using: &generator) else { return }
            note("restored in the place of what is there")
            for name in names { try disk.remove("\(Self.directory)/\(name)") }
            for (name, bytes) in state.files { try put(bytes, name, disk) }
        case 5, 6:
            note("removed: \(name)")
            try disk.remove(path)
        case 7:
            let other = names.randomElement(using: &generator) ?? "x"
            note("renamed: \(name) to \(other)")
            try disk.rename(path, to: Bool.random(using: &generator) ? path + ".bak" : "\(Self.directory)/\(other)")
        case 8:
            let other = names.randomElement(using: &generator) ?? name
            note("copied over another: \(name) to \(other)")
            try put(try disk.bytes(of: path), other, disk)
        case 9:
            let bytes = try disk.bytes(of: path)
            let count = Int.random(in: 0...bytes.count, using: &generator)
            note("copied in part: \(name), \(count) bytes")
            try put(Array(bytes.prefix(count)), name, disk)
        case 10:
            note("put back from the archive")
            for path in disk.files where path.hasPrefix(Self.archive + "/0") {
                try put(try disk.bytes(of: path), String(path.dropFirst(Self.archive.count + 1)), disk)
                if Bool.random(using: &generator) { try disk.remove(path) }
            }
        default:
            note("cleaned up: temporary and lock files")
            for name in names where name.hasSuffix(".tmp") || name == FileName.lock {
                try disk.remove("\(Self.directory)/\(name)")
            }
        }
    }

    /// A new file in the place of one that may be there.
    private func put(_ bytes: [UInt8], _ name: String, _ disk: InMemoryFileSystem) throws {
        let path = "\(Self.directory)/\(name)"
        if disk.files.contains(path) { try disk.remove(path) }
        try disk.setBytes(bytes, of: path)
    }

    /// Opens the log while a call fails, a file may not be read, or the disk is full.
    private mutating func openWithTrouble(_ disk: InMemoryFileSystem) throws {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
            note("a failing read")
            disk.inject(Fault(.read, .nth(Int.random(in: 1...20, using: &generator)), .fail(5)))
        case 1:
            note("a file that may not be opened")
            guard let path = disk.files.randomElement(using: &generator) else { return }
            disk.inject(Fault(.open, on: .exactly(path), .always, .fail(13)))
        default:
            note("a full disk")
            disk.capacity = 0
        }
        let before = try Self.files(of: disk)
        do {
            _ = try SimulatedWriter(on: disk, options: options)
        } catch LogError.refused(let assessment) {
            // A read that fails once may show a damaged log as whole before its lock file is made.
            let after = try Self.files(of: disk).filter { $0.key != FileName.lock }
            try expect(
                after == before.filter { $0.key != FileName.lock }, "refused, and changed: \(assessment)")
        } catch {
            // An opening that fails for another reason may have begun to change files. The next one is judged again.
        }
        disk.removeFaults()
        disk.capacity = .max
    }

    // MARK: Judgement

    private mutating func judge(_ disk: InMemoryFileSystem) throws {
        let before = try Self.files(of: disk)
        let reading = Result { try LogReader(directory: Self.directory, fileSystem: disk).verify() }
        for attempt in 1...2 {
            do {
                let writer = try SimulatedWriter(on: disk, options: options)
                let verdict = try? reading.get().verdict
                try expect(
                    verdict == .clean || verdict == .torn || (verdict == nil && before.keys.allSatisfy(Self.isNoTrace)),
                    "opened, and read as \(reading)")
                return try goOn(writer, before, disk)
            } catch let failure as SimulationFailure {
                throw failure
            } catch LogError.refused(let assessment) {
                try expect(try reading.get() == assessment, "refused by \(assessment), read as \(reading)")
                if attempt == 1 { counters.count("refusals by rule \(assessment.rule.rawValue)") }
            } catch {
                guard case .failure(LogError.notALog) = reading, case LogError.notALog = error else {
                    throw SimulationFailure(description: "failed to open: \(error), read as \(reading)")
                }
                counters.count("directories that are no log")
            }
            let after = try Self.files(of: disk)
            let changes = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
            try expect(changes.isEmpty, "refused, and changed \(changes)")
        }
    }

    /// Returns true for files that do not prove that a log was there.
    private static func isNoTrace(_ name: String) -> Bool { name == FileName.lock || name.hasSuffix(".tmp") }

    /// An opened log holds all that was acknowledged, unless no file is left that could tell; and it can be written.
    private mutating func goOn(_ writer: SimulatedWriter, _ before: Files, _ disk: InMemoryFileSystem) throws {
        counters.count("openings")
        let report = writer.report.assessment
        if report.lastSequence == model.lastSequence, writer.journal.digest == model.head {
            counters.count("openings of all")
            if writer.report.snapshotSequence != nil {
                try expect(
                    writer.contents == model.contents, "the snapshot and what follows it amount to something else")
            }
        } else {
            // Snapshots of another log, damaged ones, and segments from before the log's beginning are reported.
            let rejected = Set(
                writer.report.rejectedSnapshots.map(\.file)
                    + report.unusedSegments.map { "\(Self.directory)/\($0)" })
            let left = before.filter { name, _ in
                !Self.isNoTrace(name) && !name.hasSuffix(".bak") && !rejected.contains("\(Self.directory)/\(name)")
            }
            let isKnown = saved.contains { state in
                state.lastSequence == report.lastSequence && state.head == writer.journal.digest
                    && left.allSatisfy { name, bytes in
                        state.files[name] == bytes || Self.isSilent(name, bytes, of: state)
                    }
            }
            let isNew = isBlank && report.lastSequence == 0
            try expect(
                isKnown || isNew,
                """
                the log ends with sequence \(report.lastSequence), not \(model.lastSequence), and none of \(left.keys.sorted()) \
                told
                """)
            counters.count(isNew ? "openings of nothing" : "openings of an older state")
        }
        for name in writer.report.assessment.unusedSegments {
            try expect(disk.files.contains("\(Self.directory)/\(name)"), "\(name) is not used, and gone")
            counters.count("segments put back and kept")
        }
        try append(to: writer, disk)
    }

    /// Returns true for files whose content says nothing about the end of the log.
    private static func isSilent(_ name: String) -> Bool {
        SegmentName(fileName: name) == nil && SnapshotName(fileName: name) == nil && name != FileName.removals
            && name != FileName.identity
    }

    /// Returns true if a file proves nothing about records after those of a state.
    private static func isSilent(_ name: String, _ bytes: [UInt8], of state: SavedState) -> Bool {
        if let snapshot = SnapshotName(fileName: name) { return snapshot.coveredSequence <= state.lastSequence }
        guard let segment = SegmentName(fileName: name) else { return true }
        // A journal beside its sealed form has the same records, or opening would have refused it.
        if !segment.isSealed, state.files["\(segment.otherForm)"] != nil { return true }
        let header = bytes.withUnsafeBytes { bytes in
            Result { () throws(SegmentHeader.Defect) in try SegmentHeader(decoding: bytes) }
        }
        guard case .sealed(let detail) = try? header.get().detail else { return false }
        return detail.lastSequence <= state.lastSequence
    }

    private mutating func append(to writer: SimulatedWriter, _ disk: InMemoryFileSystem) throws {
        let end = writer.journal.nextSequence
        var batch = RecordBatch()
        try batch.append(kind: .event, key: "after", timestamp: 1, payload: [1, 2, 3])
        var commits: UInt64 = 0
        var isDisplaced = false
        if Int.random(in: 0..<3, using: &generator) == 0 {
            try changeUnderWriter(disk)
        }
        do {
            try writer.promise()
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                _ = try writer.commit([batch])
                commits += 1
            }
            try writer.promise()
        } catch LogError.displaced {
            isDisplaced = true
            counters.count("displaced writers")
        }
        let assessment = try LogReader(directory: Self.directory, fileSystem: disk).verify()
        if assessment.verdict == .clean {
            try expect(
                assessment.lastSequence >= end - 1 + (isDisplaced ? 0 : commits) || isDisplaced,
                "acknowledged \(commits) commits after sequence \(end - 1), found \(assessment.lastSequence)")
        } else {
            try expect(isDisplaced, "a log that was opened and written is \(assessment.refusal)")
        }
    }

    /// Removes or replaces what a writer has open.
    private mutating func changeUnderWriter(_ disk: InMemoryFileSystem) throws {
        let newest = try Self.files(of: disk).keys.filter { $0.hasSuffix(".seg") }.max() ?? ""
        let name = [FileName.lock, FileName.preparedSegment, newest].randomElement(using: &generator) ?? newest
        let path = "\(Self.directory)/\(name)"
        guard disk.files.contains(path) else { return }
        note("removed under a writer: \(name)")
        let bytes = try disk.bytes(of: path)
        try disk.remove(path)
        if Bool.random(using: &generator) { try disk.setBytes(bytes, of: path) }
    }
}
