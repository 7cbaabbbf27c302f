/// Finds everything in a log that is provably as it was written, whatever is wrong with the rest. Changes nothing, and keeps
/// no more than a frame and a window of a file in memory.
///
/// A frame is believed if its checksums are right: they cover the log's identity, the frame's place, and its body.
package struct LogSalvage {
    private let directory: String
    private let archives: [String]
    private let fileSystem: any FileSystem
    private let log: LogID?

    /// Looks at the log that a reader reads.
    ///
    /// - Parameters:
    ///   - reader: Knows the directories.
    ///   - log: The log's identity, in case that no file tells it any more.
    package init(_ reader: LogReader, log: LogID? = nil) {
        self.log = log
        directory = reader.directory
        archives = reader.archives
        fileSystem = reader.fileSystem
    }

    /// Walks through all segments and calls `visit` with every whole frame that holds records, in the log's order.
    ///
    /// - Throws: ``LogError`` if the directory is not a log, is newer than this library or cannot be read, or if no file tells
    ///   the log's identity; whatever `visit` throws.
    package func run(visit: (Frame) throws -> Void) throws -> SalvageReport {
        do {
            let files = try SalvageFiles(in: directory, archives: archives, log: log, fileSystem: fileSystem)
            var walk = SalvageWalk(files)
            for index in files.segments.indices {
                try salvage(index, of: files, &walk, visit: visit)
            }
            return walk.finish(files, tail: try tail(of: files, walk))
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        }
    }

    private func salvage(
        _ index: Int, of files: SalvageFiles, _ walk: inout SalvageWalk, visit: (Frame) throws -> Void
    ) throws {
        let segment = files.segments[index]
        let bound =
            files.segments.dropFirst(index + 1).lazy.compactMap { $0.header?.firstSequence }.first ?? Limits.sequences
        walk.begin(segment, bound: bound)
        var steps = try files.walk(
            segment, from: walk.nextSequence, to: bound, digest: walk.digest, fileSystem)
        var wholeBlocks: Set<Int> = []
        var hasHole = false
        walking: while true {
            switch try steps.next() {
            case .frame(let frame, let link):
                if frame.kind == .block { wholeBlocks.insert(frame.offset) }
                walk.take(frame, link)
                if frame.kind.holdsRecords { try visit(frame) }
            case .hole(let hole):
                hasHole = true
                walk.take(hole, in: segment)
            case .end:
                break walking
            }
        }
        if let header = segment.header {
            try finish(segment, header, steps, hasHole ? wholeBlocks : nil, &walk)
        } else if segment.size < SegmentHeader.byteCount {
            walk.noteCut(segment, to: SegmentHeader.byteCount)
        }
        walk.isSealed = steps.isSealed || segment.name.isSealed
    }

    /// What a header that is whole says of the segment's end.
    ///
    /// - Parameter wholeBlocks: The offsets of a sealed segment's whole blocks, if something in it is damaged.
    private func finish(
        _ segment: SalvageFiles.Segment, _ header: SegmentHeader, _ steps: SegmentSalvage, _ wholeBlocks: Set<Int>?,
        _ walk: inout SalvageWalk
    ) throws {
        if segment.size < Int(header.size), !steps.isSealed || segment.name.isSealed {
            walk.noteCut(segment, to: Int(header.size))
        }
        guard case .sealed(let detail) = header.detail else { return }
        walk.meet(min(detail.lastSequence, Limits.sequences) + 1, digest: detail.lastDigest, in: segment)
        if let wholeBlocks {
            collectLostKeys(of: segment, except: wholeBlocks, into: &walk.report.lostKeys)
        } else if steps.isSealed, let defect = try steps.reader.indexDefect() {
            walk.note(defect, at: steps.reader.position.offset, in: segment)
        }
    }

    /// Asks the index of a sealed segment which keys had records in lost blocks. One that is damaged tells nothing.
    private func collectLostKeys(
        of segment: SalvageFiles.Segment, except whole: Set<Int>, into keys: inout LostKeys
    ) {
        do {
            let sealed = try SealedSegment(segment.name, in: segment.directory, fileSystem: fileSystem)
            let lost = Set(try sealed.blockTable().map(\.offset)).subtracting(whole)
            var found: [UInt64] = []
            guard !lost.isEmpty, try sealed.collectKeys(inBlocks: lost, into: &found) else { return }
            for hash in found { keys.insert(hash) }
        } catch {
            // The report lists the damage; the keys are an extra.
        }
    }

    /// What the opening rule says of the bytes behind the newest segment's last frame.
    private func tail(of files: SalvageFiles, _ walk: SalvageWalk) throws -> OpeningRule? {
        guard let last = files.segments.last, let header = last.header, !last.name.isSealed,
            let hole = walk.open, let digest = walk.digest, hole.file == "\(last.name)", last.size == Int(header.size),
            hole.byteCount <= Int(header.inFlightLimit)
        else { return nil }
        let file = try fileSystem.open("\(last.directory)/\(last.name)", as: .read)
        // What a crash left unwritten may lie behind the last byte that is not zero.
        let reach = min(last.size - hole.offset, Int(header.inFlightLimit) + Limits.sectorBytes)
        let bytes = try file.readBytes(max(0, reach), at: Int64(hole.offset))
        var position = FramePosition(startOf: header)
        position.offset = hole.offset
        position.nextSequence = walk.nextSequence
        position.digest = digest
        return bytes.withUnsafeBytes { bytes -> OpeningRule? in
            do throws(FrameDefect) {
                _ = try FrameDecoder.decode(bytes, at: position)
                return nil
            } catch {
                var evidence = OpeningEvidence.none
                evidence.tail = TailExaminer(
                    bytes: bytes, position: position, defect: error, inFlightLimit: Int(header.inFlightLimit)
                ).tail()
                return OpeningRule(deciding: evidence)
            }
        }
    }
}

extension SealedSegment {
    /// Adds the hash of each key that has records in one of the blocks at `offsets`. False if the index is damaged.
    fileprivate func collectKeys(inBlocks offsets: Set<Int>, into hashes: inout [UInt64]) throws -> Bool {
        let directory = try indexFrame(.directory, at: Int(detail.directory))
        for start in stride(from: 0, to: directory.body.count - 3, by: 4) {
            let place = directory.body.withUnsafeBytes { $0.loadLittleEndian(start, as: UInt32.self) }
            let bucket = try indexFrame(.bucket, at: Int(place) * 8)
            let isBucket = bucket.body.withUnsafeBytes { bytes in
                SealedBucket.forEachKey(in: bytes) { hash, places in
                    let blocks = SealedBucket.blocks(places)
                    if blocks.contains(where: { offsets.contains(Int($0) * 8) }) { hashes.append(hash) }
                }
            }
            guard isBucket else { return false }
        }
        return true
    }
}
