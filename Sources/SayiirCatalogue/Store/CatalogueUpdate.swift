internal import GRDB
internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// Takes what a log has and a catalogue has not into the catalogue, batch by batch.
///
/// How far it got is written in the same transaction as what was taken in. Only what the log calls durable is taken in while
/// somebody writes it: no crash takes that back. What else would not fit is noticed when the next update begins with the frame that
/// the last one ended with.
struct CatalogueUpdate {
    /// How many events go into one transaction, about.
    private static let batchSize = 20_000
    /// How many live instances stay in memory.
    private static let cacheCapacity = 20_000

    private let file: CatalogueFile
    private let reader: LogReader
    /// Nothing behind this sequence is taken in.
    private let limit: UInt64
    private var position: CataloguePosition
    private var follower: LogFollower
    private var cache = InstanceCache(capacity: Self.cacheCapacity)
    /// The batch, empty between two of them.
    private var batch = CatalogueBatch()
    /// The frame that was taken in last.
    private var lastFrame: Frame?
    /// Frames that were read and are not in the catalogue: the first ones will be next, the others are not known to be durable.
    private var pending: [(frame: Frame, start: LogPosition?)] = []

    /// Begins where the catalogue stands.
    init(_ file: CatalogueFile, from reader: LogReader, through limit: UInt64 = .max) throws {
        self.file = file
        self.limit = limit
        self.reader = reader
        position = try file.wrapping { try file.database.read(CataloguePosition.init) }
        follower = position.frameStart.map { reader.follow(from: $0) } ?? reader.follow()
        try checkFit()
    }

    /// Whether the file is still the one that stands at its path.
    var isCurrent: Bool { file.isCurrent }

    /// The last sequence that is in the catalogue.
    var sequence: UInt64 { position.sequence }

    /// Takes in all that is there.
    ///
    /// - Parameter progress: Called after each batch.
    /// - Returns: How many events were taken in.
    mutating func run(progress: (CatalogueProgress) throws -> Void = { _ in }) throws -> Int {
        var total = 0
        while true {
            let isAtEnd = try readFrames()
            let count = try commit(all: isAtEnd && reader.writer() == nil)
            total += count
            if count > 0, let lastFrame {
                try progress(CatalogueProgress(sequence: position.sequence, frame: lastFrame))
            }
            if isAtEnd || position.sequence >= limit { return total }
        }
    }

    /// Reads frames for the next batch. Returns whether there are no more of them now.
    private mutating func readFrames() throws -> Bool {
        var count = 0
        while count < Self.batchSize {
            do {
                guard let frame = try follower.next() else { return true }
                guard frame.recordCount > 0 else { continue }
                pending.append((frame, follower.frameStart))
                count += frame.recordCount
            } catch LogError.takenBack {
                // None of them was durable, so none of them is in the catalogue.
                pending.removeAll { !follower.isDurable($0.frame) }
            }
        }
        return false
    }

    /// Writes what was read and is durable, or `all` of it. Returns how many records that were.
    private mutating func commit(all: Bool) throws -> Int {
        let count = pending.prefix { all || follower.isDurable($0.frame) }.count
        guard count > 0 else { return 0 }
        let (frames, basis) = (Array(pending.prefix(count)), position)
        var cache = InstanceCache(capacity: Self.cacheCapacity)
        // If the transaction fails, what is known of the instances is ahead of the tables: then the new cache stays.
        swap(&cache, &self.cache)
        var batch = CatalogueBatch()
        swap(&batch, &self.batch)
        let next = try file.wrapping {
            try file.database.writeWithoutTransaction { database in
                var position = basis
                try database.inTransaction(.immediate) {
                    let stored = try CataloguePosition(database)
                    guard stored.sequence == basis.sequence, stored.digest == basis.digest else {
                        throw CatalogueError.MovedOn()
                    }
                    try Self.take(frames, through: limit, &position, &cache, &batch, database)
                    return .commit
                }
                return position
            }
        }
        let taken = Int(clamping: next.sequence - position.sequence)
        batch.removeAll()
        (position, self.cache, self.batch) = (next, cache, batch)
        lastFrame = frames.last?.frame
        pending.removeFirst(count)
        return taken
    }

    private static func take(
        _ frames: [(frame: Frame, start: LogPosition?)], through limit: UInt64, _ position: inout CataloguePosition,
        _ cache: inout InstanceCache, _ batch: inout CatalogueBatch, _ database: Database
    ) throws {
        if position.frameStart == nil, let first = frames.first { position.firstSequence = first.frame.firstSequence }
        for (frame, start) in frames {
            try frame.forEachRecord { record in
                // A block of a sealed segment may begin with what is in the catalogue already.
                guard record.sequence > position.sequence, record.sequence <= limit, record.kind == .event else {
                    return
                }
                guard
                    let event = try? Event(
                        decoding: record.payload, instance: InstanceID(record.key),
                        time: Timestamp(nanosecondsSinceEpoch: record.timestamp))
                else { return position.unreadable += 1 }
                position.extend(to: event.time)
                let entry = try cache.entry(event.instance, at: record.sequence, database)
                batch.add(event, at: record.sequence, to: &entry.instance)
            }
            position.sequence = frame.firstSequence + UInt64(frame.recordCount) - 1
            position.frameStart = start
            position.digest = frame.digest.description
        }
        var writing = CatalogueWriting(database)
        try writing.write(batch, cache.entries)
        cache.settle(changed: batch.changed)
        try position.write(database)
    }

    /// Makes sure that the log has what the catalogue took from it last.
    private mutating func checkFit() throws {
        let identity = try reader.identity()?.description ?? ""
        if position.log.isEmpty { position.log = identity }
        guard position.log == identity else { throw unusable("it is of the log \(position.log), not of \(identity)") }
        let beginning = try reader.firstSequence()
        guard position.frameStart != nil else { return }
        guard position.firstSequence <= beginning else {
            throw unusable(
                "it begins with sequence \(position.firstSequence), and the log is read from \(beginning) on")
        }
        let frame: Frame?
        do {
            frame = try follower.next()
        } catch let error as LogError {
            throw unusable("the log no longer has what the catalogue was made of (\(error))")
        }
        guard let frame, frame.firstSequence <= position.sequence,
            frame.firstSequence + UInt64(frame.recordCount) > position.sequence,
            frame.segment.isSealed || frame.digest.description == position.digest
        else { throw unusable("the log no longer has the commit that the catalogue ends with") }
        if frame.firstSequence + UInt64(frame.recordCount) > position.sequence + 1 {
            pending.append((frame, follower.frameStart))
        }
    }

    private func unusable(_ reason: String) -> CatalogueError { .unusable(file: file.path, reason: reason) }
}
