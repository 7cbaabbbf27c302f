import SayiirTesting

@testable import SayiirLog

/// A follower that reads along, and what it was shown.
struct Watcher {
    private let system: SwitchableDisk
    private let archives: [String]
    private var follower: LogFollower
    /// The ends of the frames that it was shown, oldest first: sequence and digest.
    private var shown: [(sequence: UInt64, digest: ChainDigest)] = []
    /// Frames that were not durable when they were shown.
    private var undecided: [Frame] = []
    /// The last sequence that it was told is durable.
    private(set) var durableSequence: UInt64 = 0

    init(_ system: SwitchableDisk, archives: [String]) {
        self.system = system
        self.archives = archives
        follower = LogReader(directory: SimulatedWriter.directory, archives: archives, fileSystem: system).follow()
    }

    var last: (sequence: UInt64, digest: ChainDigest)? { shown.last }

    /// Reads what is new, and holds it to the model. A follower that lost its place (its segment was deleted, or a crash took
    /// the file's name) begins again.
    mutating func poll(_ model: LogModel, _ counters: inout SimulationCounters) throws {
        var restarts = 0
        while true {
            do {
                guard let frame = try follower.next() else { break }
                try take(frame, model)
            } catch LogError.takenBack(let sequence) {
                counters.count("frames taken back from a follower")
                try expect(sequence >= durableSequence, "a follower was told that durable records were taken back")
                try expect(
                    sequence < shown.last?.sequence ?? 0, "a follower was told to go back where it never was")
                while let last = shown.last, last.sequence > sequence { shown.removeLast() }
                undecided = []
            } catch LogError.notALog where model.possibleCommits.isEmpty {
                break
            } catch LogError.fileSystem where model.possibleCommits.isEmpty {
                break
            } catch LogError.fileSystem where restarts == 0 && !system.disk.isHalted {
                restarts += 1
                counters.count("followers that began again")
                follower =
                    LogReader(directory: SimulatedWriter.directory, archives: archives, fileSystem: system).follow()
                shown = []
                undecided = []
            }
        }
        noteDurable(&counters)
    }

    private mutating func take(_ frame: Frame, _ model: LogModel) throws {
        let end = frame.firstSequence + UInt64(frame.recordCount) - 1
        if let last = shown.last, frame.kind.holdsRecords {
            try expect(
                frame.firstSequence == last.sequence + 1,
                "a follower was shown sequence \(frame.firstSequence) after \(last.sequence)")
        }
        try expect(
            model.digest(after: end) == frame.digest, "a follower was shown other records up to sequence \(end)")
        if frame.kind.holdsRecords { shown.append((end, frame.digest)) }
        undecided.append(frame)
    }

    /// Asks again about what was not durable.
    private mutating func noteDurable(_ counters: inout SimulationCounters) {
        var open: [Frame] = []
        for frame in undecided {
            if follower.isDurable(frame) {
                durableSequence = max(durableSequence, frame.firstSequence + UInt64(frame.recordCount) - 1)
            } else {
                open.append(frame)
            }
        }
        undecided = open
        if open.contains(where: \.kind.holdsRecords) { counters.count("polls that showed undurable frames") }
    }
}
