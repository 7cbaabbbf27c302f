/// Gathers records for a bundle while a log's frames pass.
package struct RecordBundleBuilder {
    private var records: [(record: LogRecord, bytes: [UInt8])] = []

    /// A builder without records.
    package init() {}

    /// Takes the records of a frame that are wanted. Frames come in the order of the log.
    package mutating func take(_ frame: Frame, where isWanted: (LogRecord) -> Bool) {
        frame.forEachRecord { record in
            guard isWanted(record), let bytes = frame.bytes(of: record.sequence) else { return }
            records.append((record, bytes))
        }
    }

    /// Whether nothing was gathered.
    package var isEmpty: Bool { records.isEmpty }

    /// The records that were gathered.
    package var gathered: [LogRecord] { records.map(\.record) }

    /// Drops what turned out not to be needed.
    package mutating func keepOnly(where isNeeded: (LogRecord) -> Bool) {
        records.removeAll { !isNeeded($0.record) }
    }

    /// The records with their proofs.
    ///
    /// Reads the nodes of the tree from the first record's segment on, and the blocks that hold the records; of segments that are not
    /// sealed, all records.
    ///
    /// - Parameters:
    ///   - reader: The log.
    ///   - origin: What is known of it; its `head` is that of the tree in which the records are proven.
    ///   - isWithheld: Tells of which records only the hash goes into the bundle.
    /// - Returns: `nil` if a record is not among those of the tree.
    /// - Throws: ``LogError`` if something that is needed is damaged or cannot be read; ``RecordBundleError`` if none of the records is
    ///   an event, or if they are of several keys.
    package func bundle(
        of reader: LogReader, _ origin: RecordBundle.Origin,
        withholding isWithheld: (LogRecord) -> Bool = { _ in false }
    ) throws -> RecordBundle? {
        let proofs = try reader.inclusionProofs(of: records.map(\.record.sequence), in: origin.head.size)
        guard let proofs else { return nil }
        var (entries, withheld): ([RecordBundle.Entry], [RecordBundle.Withheld]) = ([], [])
        for (record, proof) in zip(records, proofs) {
            if isWithheld(record.record) {
                let leaf = record.bytes.withUnsafeBytes { TreeHash(leaf: $0) }
                withheld.append(RecordBundle.Withheld(leaf: leaf, proof: proof))
            } else if let entry = RecordBundle.Entry(record.bytes, proof) {
                entries.append(entry)
            }
        }
        return try RecordBundle(entries, withholding: withheld, from: origin)
    }
}

extension RecordBundle.Origin {
    /// What a reading of a whole log found; `nil` if no segment's header could be read.
    ///
    /// - Parameters:
    ///   - assessment: What the reading found.
    ///   - head: The head of the tree in which records are to be proven.
    package init?(_ assessment: Assessment, head: TreeHead) {
        guard let log = assessment.log, let chainHead = assessment.head else { return nil }
        self.init(log: log, head: head, lastSequence: assessment.lastSequence, chainHead: chainHead)
    }
}

extension RecordBundle {
    /// Shows the records as a log would that had these and no others: a frame for each.
    ///
    /// - Parameters:
    ///   - file: The bundle's file.
    ///   - visit: Gets the frames in order.
    /// - Returns: What a reading of such a log finds.
    package func replay(from file: String, visit: (Frame) throws -> Void) rethrows -> Assessment {
        var assessment = Assessment(directory: file)
        assessment.log = origin.log
        assessment.head = origin.chainHead
        assessment.recordCount = UInt64(entries.count)
        assessment.lastSequence = origin.lastSequence
        assessment.durableSequence = origin.lastSequence
        for entry in entries {
            assessment.frameCount += 1
            assessment.recordBytes += UInt64(entry.bytes.count)
            try visit(frame(of: entry))
        }
        return assessment
    }

    private func frame(of entry: Entry) -> Frame {
        Frame(alone: entry.bytes, sequence: entry.record.sequence, digest: origin.chainHead)
    }
}
