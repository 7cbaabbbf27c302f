extension LogReader {
    /// What can be read of the frame at which the valid frames end, and of those behind it that hold some of the records that are
    /// missing: either header or body is right, and something else is wrong. So they may have been changed, be out of their places, or belong to
    /// another history. Empty if nothing can be read.
    ///
    /// - Parameters:
    ///   - assessment: What a verification of the log came to.
    ///   - missing: The sequences that are missing.
    /// - Throws: ``LogError/fileSystem(_:)``.
    package func recordsInDamage(
        of assessment: Assessment, missing: [ClosedRange<UInt64>]
    ) throws -> [LogRecord] {
        guard let name = assessment.segment, assessment.offset >= SegmentHeader.byteCount else { return [] }
        do {
            let contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
            let file = try fileSystem.open("\(contents.directory(of: name))/\(name)", as: .read)
            let seed = try SegmentHeader(of: file, expecting: name).checksumSeed
            var records: [LogRecord] = []
            var offset = assessment.offset
            while let (header, isChecked) = try header(at: offset, of: file, checksumSeed: seed) {
                let isMissing = missing.contains {
                    $0.contains(header.firstSequence) && header.recordCount > 0
                }
                guard isMissing || (isChecked && offset == assessment.offset) else { break }
                let body = try file.readBytes(header.paddedLength, at: Int64(offset + FrameHeader.byteCount))
                // A damaged header is believed as far as it describes a body that is whole.
                guard isChecked || body.withUnsafeBytes({ crc32c($0) }) == header.bodyChecksum else { break }
                records += FrameDecoder.records(inDamaged: body, of: header)
                offset += header.extent
            }
            return records
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        } catch {
            // A damaged header or list of removals leaves nothing that could be read.
            return []
        }
    }

    /// What stands where a frame's header should, and whether its checksum is right; `nil` if its lengths are impossible.
    private func header(
        at offset: Int, of file: any File, checksumSeed: UInt32
    ) throws(FileSystemError) -> (header: FrameHeader, isChecked: Bool)? {
        let bytes = try file.readBytes(FrameHeader.byteCount, at: Int64(offset))
        guard bytes.count == FrameHeader.byteCount else { return nil }
        let checked = bytes.withUnsafeBytes { FrameHeader(decoding: $0, checksumSeed: checksumSeed) }
        let header = checked ?? bytes.withUnsafeBytes { FrameHeader(unchecked: $0) }
        guard Int(header.storedLength) <= Limits.bodyBytes, Int(header.rawLength) <= Limits.bodyBytes else {
            return nil
        }
        return (header, checked != nil)
    }
}

extension FrameDecoder {
    /// The records of a frame of which only the header is known to be right, as far as its body splits into some.
    fileprivate static func records(inDamaged stored: [UInt8], of header: FrameHeader) -> [LogRecord] {
        guard let kind = FrameKind(rawValue: header.kind), kind.holdsRecords,
            let codec = FrameCodec(rawValue: header.codec), header.firstSequence < Limits.sequences,
            stored.count == header.paddedLength, stored.count >= Int(header.storedLength),
            var body = try? stored.withUnsafeBytes({ try unpack($0, header: header, codec: codec) })
        else { return [] }
        if kind == .block { _ = try? takeCommitTable(from: &body, header: header) }
        var records: [LogRecord] = []
        var rest = body[...]
        while records.count < Int(header.recordCount),
            let record = LogRecord(prefixing: rest, sequence: header.firstSequence + UInt64(records.count))
        {
            records.append(record)
            rest = rest[record.payload.endIndex...]
        }
        return records
    }
}
