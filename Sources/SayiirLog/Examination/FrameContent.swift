extension Frame {
    /// What a frame of a sealed segment says besides its records: the commits of a block, or a part of the index; empty for other
    /// frames. Offsets are those in the frame's body, uncompressed. A part that makes no sense is left out.
    package var contentFields: [FormatField] {
        body.withUnsafeBytes { bytes -> [FormatField] in
            switch kind {
            case .records, .promise, .seal: []
            case .block: commitFields(behind: bytes.count)
            case .blockTable: Self.tableFields(bytes)
            case .filter: Self.filterFields(bytes)
            case .bucket: Self.bucketFields(bytes)
            case .directory: Self.directoryFields(bytes)
            case .nodes: Self.nodeFields(bytes)
            }
        }
    }

    private func commitFields(behind records: Int) -> [FormatField] {
        [
            FormatField(
                name: "number of commits", offset: records + 4 * commits.count, byteCount: 4,
                value: hex(UInt32(clamping: commits.count)), meaning: "\(commits.count)")
        ]
            + commits.enumerated().map { index, count in
                FormatField(
                    name: "records of commit \(index + 1)", offset: records + 4 * index, byteCount: 4,
                    value: hex(count), meaning: "\(count)")
            }
    }

    private static func tableFields(_ bytes: UnsafeRawBufferPointer) -> [FormatField] {
        var list = FieldList(bytes)
        for start in stride(from: 0, to: bytes.count - BlockTableEntry.byteCount + 1, by: BlockTableEntry.byteCount) {
            let entry = BlockTableEntry(loading: bytes, at: start)
            list.text("block", at: start, BlockTableEntry.byteCount) { _ in
                "at \(entry.offset): \(entry.recordCount) records from sequence \(entry.firstSequence), "
                    + "\(entry.earliest) to \(entry.latest) ns since 1970"
            }
        }
        return list.fields
    }

    private static func filterFields(_ bytes: UnsafeRawBufferPointer) -> [FormatField] {
        let bits = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
        var list = FieldList(bytes.part(0, min(bytes.count, KeyFilter.lineBytes)))
        list.text("first line", at: 0, KeyFilter.lineBytes) { _ in
            "\(bytes.count / KeyFilter.lineBytes) lines, \(bits) of \(bytes.count * 8) bits set"
        }
        return list.fields
    }

    private static func bucketFields(_ bytes: UnsafeRawBufferPointer) -> [FormatField] {
        var list = FieldList(bytes)
        list.number("number of keys", at: 0, as: UInt32.self) { "\($0)" }
        var offset = 4
        var keys: [(offset: Int, blocks: [UInt32])] = []
        let isBucket = SealedBucket.forEachKey(in: bytes) { _, places in
            keys.append((offset, SealedBucket.blocks(places)))
            offset += 12
        }
        guard isBucket else { return list.fields }
        for key in keys {
            list.number("key", at: key.offset, as: UInt64.self) { _ in
                "in the blocks at \(key.blocks.map { "\(UInt64($0) * 8)" }.joined(separator: ", "))"
            }
        }
        return list.fields
    }

    private static func nodeFields(_ bytes: UnsafeRawBufferPointer) -> [FormatField] {
        var list = FieldList(bytes)
        for start in stride(from: 0, to: bytes.count - TreeHash.byteCount + 1, by: TreeHash.byteCount) {
            list.text("node \(start / TreeHash.byteCount + 1)", at: start, TreeHash.byteCount)
        }
        return list.fields
    }

    private static func directoryFields(_ bytes: UnsafeRawBufferPointer) -> [FormatField] {
        var list = FieldList(bytes)
        for start in stride(from: 0, to: bytes.count - 3, by: 4) {
            list.number("bucket \(start / 4)", at: start, as: UInt32.self) { "at \(UInt64($0) * 8)" }
        }
        return list.fields
    }
}

extension FrameKind {
    /// What `docs/FORMAT.md` calls it.
    package var words: String { self == .blockTable ? "block table" : "\(self)" }
}

extension FormatField {
    /// The fields of a header block that only its layout has.
    static func ofLayout(_ list: inout FieldList) {
        guard list.bytes.count > 20, let layout = FileLayout(rawValue: list.bytes[20]) else { return }
        func time(_ value: UInt64) -> String { "\(Int64(bitPattern: value)) ns since 1970" }
        switch layout {
        case .journal:
            break
        case .sealed:
            list.number("last sequence", at: 104, as: UInt64.self) { "\($0)" }
            list.text("chain digest after", at: 112, ChainDigest.byteCount)
            list.number("block table", at: 144, as: UInt64.self) { "at \($0)" }
            list.number("filter", at: 152, as: UInt64.self) { "at \($0)" }
            list.number("directory", at: 160, as: UInt64.self) { "at \($0)" }
            list.number("earliest timestamp", at: 168, as: UInt64.self, meaning: time)
            list.number("latest timestamp", at: 176, as: UInt64.self, meaning: time)
            list.number("bytes of records", at: 184, as: UInt64.self) { "\($0)" }
            list.number("nodes", at: 192, as: UInt64.self) { "at \($0)" }
            list.text("tree root after", at: 200, TreeHash.byteCount)
            peaks(&list, at: 232)
        case .snapshot:
            list.number("offset of the next frame", at: 104, as: UInt64.self) { "\($0) of the segment's journal" }
            list.number("version of the entries", at: 112, as: UInt32.self) { "\($0)" }
            list.text("zero", at: 116, 4)
            list.number("number of entries", at: 120, as: UInt64.self) { "\($0)" }
            list.number("lowest needed sequence", at: 128, as: UInt64.self) { "\($0)" }
        case .removals:
            list.number("number of entries", at: 104, as: UInt64.self) { "\($0)" }
            peaks(&list, at: 112)
        }
    }

    /// The peaks of the tree before the first sequence.
    private static func peaks(_ list: inout FieldList, at start: Int) {
        for index in 0..<peakCount(ofBlock: list.bytes) {
            list.text("peak \(index + 1) before", at: start + index * TreeHash.byteCount, TreeHash.byteCount)
        }
    }

    private static func peakCount(ofBlock bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count >= SegmentHeader.byteCount else { return 0 }
        return MerkleFrontier.peakCount(ofSize: bytes.loadLittleEndian(48, as: UInt64.self) &- 1)
    }

    /// How many bytes of a header block have fields, without its checksum.
    package static func endOfFields(ofBlock bytes: [UInt8]) -> Int {
        let peakBytes = bytes.withUnsafeBytes { peakCount(ofBlock: $0) } * TreeHash.byteCount
        return switch bytes.count > 20 ? FileLayout(rawValue: bytes[20]) : nil {
        case .sealed: 232 + peakBytes
        case .snapshot: 136
        case .removals: 112 + peakBytes
        case .journal, nil: 112
        }
    }
}
