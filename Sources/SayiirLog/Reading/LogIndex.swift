internal import SayiirText

/// Knows, for a log that is open for writing, where the records of each key are: of journals from memory, of sealed segments
/// from their own indexes.
final class LogIndex: Sendable {
    private struct State: Sendable {
        var journals: KeyIndex
        var sealed: [SegmentName]
        var filters: [UInt32: KeyFilter] = [:]
        /// Whether all of the journals is in `journals`; at first, what a snapshot covers may not be.
        var isComplete: Bool
        /// Why it never will be.
        var failure: LogError?
    }

    private let state: Monitor<State>
    private let directory: String
    private let fileSystem: any FileSystem

    init(
        _ journals: KeyIndex, sealed: [SegmentName], isComplete: Bool, in directory: String,
        fileSystem: any FileSystem
    ) {
        state = Monitor(State(journals: journals, sealed: sealed, isComplete: isComplete))
        self.directory = directory
        self.fileSystem = fileSystem
    }

    // MARK: Changes

    /// Takes in the keys of a commit.
    func add(_ batches: some Collection<RecordBatch>, at location: FrameLocation) {
        state.withLock { $0.journals.add(batches, at: location) }
    }

    /// Takes in what was missing.
    func complete(with earlier: KeyIndex) {
        state.update { state in
            state.journals.addEarlier(earlier)
            state.isComplete = true
        }
    }

    /// What was missing cannot be read.
    func fail(_ error: LogError) {
        state.update { state in
            state.failure = error
            state.isComplete = true
        }
    }

    /// From here on the segment is looked up in its sealed form.
    func replace(_ journal: SegmentName) {
        state.withLock { state in
            state.sealed.append(journal.otherForm)
            state.sealed.sort()
            state.journals.remove(segment: journal.number)
        }
    }

    /// The segments are gone.
    func remove(_ segments: Set<SegmentName>) {
        state.withLock { state in
            state.sealed.removeAll { segments.contains($0) }
            for segment in segments { state.filters[segment.number] = nil }
        }
    }

    // MARK: Questions

    /// Whether the log may hold records of a key; `nil` if only reading tells. Does not block.
    func mayContain(_ key: String) -> Bool? {
        state.withLock { state in
            guard state.isComplete else { return nil }
            if state.journals.contains(key) { return true }
            guard !state.sealed.isEmpty else { return false }
            guard state.filters.count == state.sealed.count else { return nil }
            let hash = KeyHash(key)
            return state.filters.values.contains { $0.mayContain(hash) }
        }
    }

    /// The records of a key behind a sequence, in order. Blocks.
    func records(withKey key: String, after sequence: UInt64) throws -> [LogRecord] {
        try lookingAgain { try read(key, after: sequence) }
    }

    private func read(_ key: String, after sequence: UInt64) throws -> [LogRecord] {
        let (sealed, frames, failure) = state.wait { state in
            state.isComplete ? (state.sealed, state.journals.frames(withKey: key), state.failure) : nil
        }
        if let failure { throw failure }
        let hash = KeyHash(key)
        var records: [LogRecord] = []
        func take(_ frame: Frame) {
            frame.forEachRecord { if $0.key.isExactly(key), $0.sequence > sequence { records.append($0) } }
        }
        for (index, name) in sealed.enumerated() {
            // All records of a segment come before the next one's first.
            if index + 1 < sealed.count, sealed[index + 1].firstSequence &- 1 <= sequence { continue }
            for block in try blocks(of: name, holding: hash) { take(block) }
        }
        // A frame may hold the sequence itself and what follows it.
        let wanted = frames.suffix(from: frames.lastIndex { $0.firstSequence <= sequence } ?? 0)
        let reader = JournalFrames(directory: directory, fileSystem: fileSystem)
        try reader.read(wanted, visit: take)
        // A segment that a crash gave its journal back, or that could not be sealed, stands before sealed ones.
        let isInOrder = zip(records, records.dropFirst()).allSatisfy { $0.sequence < $1.sequence }
        return isInOrder ? records : records.sorted { $0.sequence < $1.sequence }
    }

    private func blocks(of name: SegmentName, holding hash: KeyHash) throws -> [Frame] {
        if let filter = state.withLock({ $0.filters[name.number] }) {
            guard filter.mayContain(hash) else { return [] }
            return try SealedSegment(name, in: directory, fileSystem: fileSystem).blocks(holding: hash)
        }
        let segment = try SealedSegment(name, in: directory, fileSystem: fileSystem)
        let filter = try segment.filter()
        state.withLock { state in
            if state.sealed.contains(name) { state.filters[name.number] = filter }
        }
        return filter.mayContain(hash) ? try segment.blocks(holding: hash) : []
    }
}
