extension LogReader {
    /// The head of the tree over the log's records.
    ///
    /// Reads the headers and nodes of sealed segments, and hashes what is not sealed yet.
    ///
    /// - Parameter size: How many records the tree should have; all that there are if `nil`.
    /// - Returns: `nil` if the log has fewer records, or if retention took away what would tell.
    /// - Throws: ``LogError`` if something that is needed is damaged or cannot be read.
    public func treeHead(at size: UInt64? = nil) throws -> TreeHead? {
        try wrappingFileSystemErrors {
            // The segment behind the last record knows the tree before it.
            let from = size.map { $0 < .max ? $0 + 1 : $0 } ?? .max
            var tree = try LogTree(from: from, in: directory, archives: archives, fileSystem: fileSystem)
            return try tree.head(at: try size ?? tree.size())
        }
    }

    /// Proves that a record belongs to the log.
    ///
    /// Reads the nodes of the record's segment and of those behind it, and the block that holds the record; of segments that are not
    /// sealed, all records.
    ///
    /// - Parameters:
    ///   - sequence: The record's sequence.
    ///   - size: How many records the tree has that the record is to be proven in; all that there are if `nil`.
    /// - Returns: `nil` if the log does not have the record, or fewer records than `size`.
    /// - Throws: ``LogError`` if something that is needed is damaged or cannot be read.
    public func inclusionProof(of sequence: UInt64, in size: UInt64? = nil) throws -> InclusionProof? {
        try wrappingFileSystemErrors {
            var tree = try LogTree(from: sequence, in: directory, archives: archives, fileSystem: fileSystem)
            let size = try size ?? tree.size()
            return try tree.path(of: sequence, inTreeOf: size).map {
                InclusionProof(sequence: sequence, treeSize: size, path: $0)
            }
        }
    }

    /// Proves that records belong to the log, reading what they have in common once.
    ///
    /// - Parameters:
    ///   - sequences: The records' sequences, rising.
    ///   - size: How many records the tree has that they are to be proven in.
    /// - Returns: `nil` if the log does not have one of the records, or fewer records than `size`.
    /// - Throws: ``LogError`` if something that is needed is damaged or cannot be read.
    func inclusionProofs(of sequences: [UInt64], in size: UInt64) throws -> [InclusionProof]? {
        try wrappingFileSystemErrors {
            guard let first = sequences.first else { return [] }
            var tree = try LogTree(from: first, in: directory, archives: archives, fileSystem: fileSystem)
            var proofs: [InclusionProof] = []
            for sequence in sequences {
                guard let path = try tree.path(of: sequence, inTreeOf: size) else { return nil }
                proofs.append(InclusionProof(sequence: sequence, treeSize: size, path: path))
            }
            return proofs
        }
    }

    /// A record of the log, as its bytes are hashed into the tree; `nil` if the log does not have it.
    ///
    /// Reads the block that holds it; in a segment that is not sealed, all records before it.
    ///
    /// - Throws: ``LogError`` if something that is needed is damaged or cannot be read.
    public func recordBytes(of sequence: UInt64) throws -> [UInt8]? {
        try wrappingFileSystemErrors {
            let contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
            guard sequence >= contents.beginning.firstSequence,
                let name = contents.segments.last(where: { $0.firstSequence <= sequence })
            else { return nil }
            let folder = contents.directory(of: name)
            guard name.isSealed else {
                let reader = try SegmentReader(opening: name, in: folder, fileSystem: fileSystem)
                while case .frame(let frame) = try reader.next() {
                    if let bytes = frame.bytes(of: sequence) { return bytes }
                }
                return nil
            }
            let segment = try SealedSegment(name, in: folder, fileSystem: fileSystem)
            guard sequence <= segment.detail.lastSequence else { return nil }
            return try segment.block(holding: sequence).bytes(of: sequence)
        }
    }
}

extension Frame {
    /// The bytes of the record with this sequence, if the frame has it.
    func bytes(of sequence: UInt64) -> [UInt8]? {
        guard sequence >= firstSequence, sequence - firstSequence < UInt64(recordCount) else { return nil }
        return body.withUnsafeBytes { bytes in
            var start = 0
            var number = firstSequence
            while let header = RecordHeader(decoding: bytes, at: start) {
                if number == sequence { return Array(bytes.part(start, header.extent)) }
                start += header.extent
                number += 1
            }
            return nil
        }
    }
}
