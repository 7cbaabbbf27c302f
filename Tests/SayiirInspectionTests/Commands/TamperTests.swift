import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

/// What somebody may do to a log who can write to its files, and what `verify` says then.
@Suite struct TamperTests {
    private func sampleForgery() async throws -> (InMemoryFileSystem, Forgery) {
        let disk = try await sampleDisk()
        let name = try #require(try LogFiles(in: "log", fileSystem: disk).segments.first)
        return (disk, try Forgery(name, on: disk))
    }

    private func verify(_ disk: InMemoryFileSystem, head: String? = nil, isDeep: Bool = false, archives: [String] = [])
        -> Run
    {
        var verify = VerifyInspection()
        verify.head = head
        verify.isDeep = isDeep
        return Run(verify, on: disk, archives: archives)
    }

    /// A value of a line that begins with a name, up to the next space unless `whole`.
    private func value(_ name: String, of run: Run) throws -> String {
        let line = try #require(run.lines.first { $0.hasPrefix("  \(name.padded(to: 10))  ") })
        return String(line.dropFirst(14))
    }

    /// The indented lines behind `affected`.
    private func affected(_ run: Run) throws -> [String] {
        let start = try #require(run.lines.firstIndex { $0.hasPrefix("  affected    ") })
        return [String(run.lines[start].dropFirst(14))]
            + run.lines[(start + 1)...].prefix { $0.hasPrefix("              ") }.map { String($0.dropFirst(14)) }
    }

    /// Changes a digit of the payload that has this text.
    private func edit(_ text: String, in body: inout [UInt8]) throws {
        let pattern = Array(text.utf8)
        let place = try #require(
            body.indices.first { body[$0...].starts(with: pattern) }, "the record holds another text")
        body[place + pattern.count - 1] ^= 1
    }

    @Test("one edited byte is found, with the sequences of its commit and their instance", arguments: [true, false])
    func editedByte(leavesChecksums: Bool) async throws {
        var (disk, forgery) = try await sampleForgery()
        let place = try forgery.place(of: 11)
        if leavesChecksums {
            var bytes = try disk.bytes(of: forgery.path)
            try edit("JD000", in: &bytes)
            try disk.setBytes(bytes, of: forgery.path)
        } else {
            try edit("JD000", in: &forgery.parts[place].body)
            try forgery.write()
        }
        let run = verify(disk)
        #expect(run.status == .corrupt)
        #expect(run.lines[0].hasPrefix("log is corrupt: "))
        #expect(
            run.lines.contains { $0.hasPrefix("  expected    \(leavesChecksums ? "body checksum" : "chain digest")") })
        #expect(try affected(run)[0] == "sequences 11 to 12")
        #expect(try affected(run)[1].hasPrefix("'order-42' has records in the damage"))
        let shape = try #require(object(Run(VerifyInspection(), on: disk, style: Style(isJSON: true)).output))
        let extent = try #require(shape["affected"] as? [String: Any])
        let instances = try #require(extent["instances"] as? [[String: Any]])
        #expect(instances.map { $0["instance"] as? String } == ["order-42"])
        #expect(instances[0]["in_damage"] as? Bool == true)
        #expect((extent["sequences"] as? [[String: Int]]) == [["first": 11, "last": 12]])
    }

    @Test(
        "any one byte of a commit's frame, edited, is found with the commit's sequences and, where they can be read, its instance"
    )
    func anyByte() async throws {
        let (disk, forgery) = try await sampleForgery()
        let original = try disk.bytes(of: forgery.path)
        var frames: [Frame] = []
        _ = try LogReader(directory: "log", fileSystem: disk).verify { frames.append($0) }
        let frame = try #require(frames.first { $0.firstSequence == 11 })
        var named = 0
        for offset in frame.offset..<frame.end {
            var bytes = original
            bytes[offset] ^= 0x55
            try disk.setBytes(bytes, of: forgery.path)
            let run = verify(disk)
            #expect(run.status == .corrupt)
            let affected = try affected(run)
            #expect(affected[0] == "sequences 11 to 12", "byte \(offset - frame.offset)")
            if affected[1] == "'order-42' has records in the damage" { named += 1 }
        }
        #expect(named >= 170, "\(named) of \(frame.extent)")
    }

    @Test("an edited record of a sealed block is found, with the block's sequences and instances")
    func editedBlock() async throws {
        let log = try await LongLog.make()
        let name = try log.segments[1]
        // The body is compressed: a literal of the last record's payload is changed.
        let sequences = try forgeBlock(of: name, on: log.disk) { $0[60] ^= 1 }
        let run = verify(log.disk)
        #expect(run.status == .corrupt)
        #expect(try value("file", of: run) == "log/\(name)")
        #expect(
            try affected(run)[0] == "sequences \(rangeWords(sequences))")
        #expect(
            try affected(run).contains { $0.hasPrefix("'order-1") && $0.contains("' has records in the damage") }
        )
        #expect(try affected(run).last?.contains("more instances") == true)
    }

    @Test("a removed frame is found, with the sequences that it had and the revisions that its instance lacks")
    func removedFrame() async throws {
        var (disk, forgery) = try await sampleForgery()
        forgery.parts.remove(at: try forgery.place(of: 9))
        try forgery.write()
        let run = verify(disk)
        #expect(run.status == .corrupt)
        #expect(try value("expected", of: run) == "first sequence 9")
        #expect(try affected(run)[0].hasPrefix("sequences 9 to 1"))
        #expect(try affected(run).contains { $0.hasPrefix("'order-42' ") && $0.hasSuffix("lacks revision 9 to 10") })
    }

    @Test("a removed frame is found where the others were numbered anew, and where the chain was")
    func removedFrameRenumbered() async throws {
        var (disk, forgery) = try await sampleForgery()
        let before = verify(disk)
        let (chainHead, treeHead) = (try value("chain head", of: before), try value("tree head", of: before))
        forgery.parts.remove(at: try forgery.place(of: 9))
        forgery.renumber()
        try forgery.write()
        let renumbered = verify(disk)
        #expect(renumbered.status == .corrupt)
        #expect(try value("expected", of: renumbered).hasPrefix("chain digest "))
        #expect(try affected(renumbered)[0].hasPrefix("sequences 9 to 10"))
        #expect(
            try affected(renumbered).contains { $0.hasPrefix("'order-42' ") && $0.contains("lacks revision 9 to 10") })
        forgery.rechain()
        try forgery.write()
        // Of a chain that is right nothing but a head tells.
        #expect(verify(disk).status == .clean)
        for head in [chainHead, "48:\(chainHead)", treeHead] {
            let run = verify(disk, head: head)
            #expect(run.status == .corrupt)
            #expect(run.lines[0] == "log is corrupt: it does not extend the log that was seen.")
            #expect(
                try value("seen head", of: run).contains(
                    head == chainHead ? "no commit to sequence 46" : "to sequence 48"))
        }
    }

    @Test("two frames that changed places are found, with the sequences and instances of both")
    func reorderedFrames() async throws {
        var (disk, forgery) = try await sampleForgery()
        let (first, second) = (try forgery.place(of: 9), try forgery.place(of: 13))
        forgery.parts.swapAt(first, second)
        try forgery.write()
        let run = verify(disk)
        #expect(run.status == .corrupt)
        #expect(try value("expected", of: run) == "first sequence 9")
        #expect(try value("found", of: run) == "13")
        let affected = try affected(run)
        #expect(affected[0].hasPrefix("sequences 9 to 1"))
        #expect(affected.contains { $0.hasPrefix("'order-42' ") } && affected.contains { $0.hasPrefix("'order-43' ") })
    }

    @Test("a removed segment is found, with the sequences that it had and the instances that lack revisions")
    func removedSegment() async throws {
        let log = try await LongLog.make()
        let names = try log.segments
        try log.disk.remove("log/\(names[2])")
        let run = verify(log.disk)
        #expect(run.status == .corrupt)
        let last = names[3].firstSequence - 1
        #expect(try value("expected", of: run).hasPrefix("segment 3 from sequence \(names[2].firstSequence), "))
        #expect(try affected(run)[0] == "sequences \(names[2].firstSequence) to \(last)")
    }

    @Test("a head that was cut off is found, with its sequences and the instances that lack their first revisions")
    func truncatedHead() async throws {
        let disk = InMemoryFileSystem()
        var history = History()
        let noise = String(repeating: "x7", count: 30)
        for number in 0..<400 {
            history.add("order-1", Double(number), .annotated(Event.Annotated(text: "\(number) \(noise)")))
        }
        try await LongLog.write(history.events, to: "log", on: disk, segmentBytes: 16 * 1024)
        let names = try LogFiles(in: "log", fileSystem: disk).segments
        try disk.remove("log/\(names[0])")
        let run = verify(disk)
        #expect(run.status == .corrupt)
        #expect(try value("expected", of: run).hasPrefix("segment 1 from sequence 1, "))
        let last = names[1].firstSequence - 1
        #expect(try affected(run) == ["sequences 1 to \(last)", "'order-1' lacks revision 1 to \(last)"])
    }

    @Test("a chain that was written anew as a whole is found by any head that was seen, and by nothing else")
    func rewritten() async throws {
        let disk = InMemoryFileSystem()
        try await writeLog(Array(History.sample.events.prefix(30)), to: "log", on: disk)
        let early = verify(disk)
        let heads = [try value("chain head", of: early), try value("tree head", of: early)]
        let original = try await sampleDisk()
        for head in heads {
            let run = verify(original, head: head)
            #expect(run.status == .clean)
            #expect(
                try value("seen head", of: run)
                    == "the log extends the log that was seen then, which ended with sequence 30, 18 records later")
        }
        var forgery = try Forgery(
            try #require(try LogFiles(in: "log", fileSystem: original).segments.first), on: original)
        try edit("JD000", in: &forgery.parts[try forgery.place(of: 11)].body)
        forgery.rechain()
        try forgery.write()
        #expect(verify(original).status == .clean)
        for head in heads + ["30:\(heads[0])"] {
            let run = verify(original, head: head)
            #expect(run.status == .corrupt)
            #expect(run.lines[0] == "log is corrupt: it does not extend the log that was seen.")
            let words = try value("seen head", of: run)
            #expect(
                head == heads[0]
                    ? words.hasPrefix("no commit to sequence 48 ends with the digest that was seen")
                    : words.hasPrefix("some record of 1 to 30 is not the one that was seen: "))
        }
        let shape = try #require(object(jsonOutput(original, head: heads[1])))
        #expect(shape["exit_status"] as? Int == 3)
        #expect((shape["seen_head"] as? [String: Any])?["outcome"] as? String == "differs")
        // The log of then is not that of later.
        let whole = verify(try await sampleDisk())
        let later = verify(disk, head: try value("tree head", of: whole))
        #expect(later.status == .corrupt)
        #expect(
            try value("seen head", of: later) == "the log was seen to sequence 48, and what is whole of it ends with 30"
        )
    }

    private func jsonOutput(_ disk: InMemoryFileSystem, head: String) -> String {
        var verify = VerifyInspection()
        verify.head = head
        return Run(verify, on: disk, style: Style(isJSON: true)).output
    }

    @Test("a sealed segment that was written anew with its chain is found by recomputing its tree, to the 256 records")
    func rewrittenUnderTree() async throws {
        let log = try await LongLog.make()
        let names = try log.segments
        // The records of one order are exchanged in a copy, from which all blocks are taken; the tree stays as it was.
        var events = log.history.events
        events[411].actor = "mallory"
        let other = InMemoryFileSystem()
        try await LongLog.write(events, to: "log", on: other)
        for name in names where !name.isSealed {
            try log.disk.setBytes(try other.bytes(of: "log/\(name)"), of: "log/\(name)")
        }
        for name in names where name.isSealed {
            let truth = try SealedSegment(name, in: "log", fileSystem: log.disk)
            let nodes = try truth.indexFrame(.nodes, at: Int(truth.detail.nodes)).body
            try log.disk.setBytes(try other.bytes(of: "log/\(name)"), of: "log/\(name)")
            try forgeTree(name, on: log.disk, like: truth.detail, nodes: nodes)
        }
        for file in log.disk.files where file.hasSuffix(".snapshot") { try log.disk.remove(file) }
        #expect(verify(log.disk).status == .clean)
        let run = verify(log.disk, isDeep: true)
        #expect(run.status == .corrupt)
        #expect(run.lines[0] == "log is corrupt: a sealed segment holds other records than were sealed.")
        let segment = try #require(names.last { $0.firstSequence <= 412 })
        #expect(try value("tree", of: run).hasPrefix("\(segment) was sealed over other records at "))
        let affected = try affected(run)
        #expect(affected[0].hasPrefix("sequences "))
        #expect(run.output.contains("more instances") || affected.contains { $0.hasPrefix("'order-205' ") })
    }

    /// Gives a sealed segment a tree, with all checksums made right.
    private func forgeTree(
        _ name: SegmentName, on disk: InMemoryFileSystem, like truth: SealedDetail, nodes: [UInt8]
    ) throws {
        let path = "log/\(name)"
        var bytes = try disk.bytes(of: path)
        var header = try SegmentHeader(of: disk.open(path, as: .read))
        guard case .sealed(var detail) = header.detail else { throw LogError.closed }
        detail.treeBefore = truth.treeBefore
        detail.root = truth.root
        header.detail = .sealed(detail)
        bytes.replaceSubrange(0..<SegmentHeader.byteCount, with: header.encoded())
        let frame = try SealedSegment(name, in: "log", fileSystem: disk).indexFrame(.nodes, at: Int(detail.nodes))
        var encoder = FrameEncoder()
        encoder.encode(
            .nodes, body: nodes, firstSequence: frame.firstSequence, digest: frame.digest, at: frame.offset,
            in: FrameEncoder.Segment(number: header.number, checksumSeed: header.checksumSeed, isAlone: false)
        ) { _, encoded in bytes.replaceSubrange(frame.offset..<frame.offset + encoded.count, with: Array(encoded)) }
        try disk.setBytes(bytes, of: path)
    }

    @Test("of a head that was seen before retention took the front, it is said what can be said")
    func retention() async throws {
        let log = try await LongLog.make()
        let names = try log.segments
        let reader = LogReader(directory: "log", fileSystem: log.disk)
        var digests: [UInt64: ChainDigest] = [:]
        var digest = ChainDigest(genesisOf: try #require(try reader.log()))
        _ = try reader.verify { frame in
            frame.forEachCommitEnd(after: digest) { digests[$0] = $1 }
            digest = frame.digest
        }
        let removed = try log.removeOldest(archiving: true)
        let first = names[removed].firstSequence
        func head(_ sequence: UInt64) throws -> String { "\(sequence):\(try #require(digests[sequence]))" }
        // The place where the log begins now, one inside a block behind it, and one where a segment ends.
        for sequence in [first - 1, first + 19, names[removed + 1].firstSequence - 1] {
            let run = verify(log.disk, head: try head(sequence))
            #expect(run.status == .clean)
            #expect(try value("seen head", of: run).contains("which ended with sequence \(grouped(sequence)), "))
            #expect(verify(log.disk, head: "\(try #require(digests[sequence]))").status == .clean)
        }
        // One that only the list of removals knows, and one that nobody does.
        let recorded = verify(log.disk, head: try head(names[1].firstSequence - 1))
        #expect(recorded.status == .ambiguous)
        #expect(recorded.lines[0].hasPrefix("log is ambiguous: nothing that is left tells whether it extends "))
        #expect(
            try value("seen head", of: recorded).hasPrefix(
                "the list of removals has the digest that was seen, at sequence "))
        let other = try #require(digests[names[1].firstSequence - 1])
        let unknown = verify(log.disk, head: "7:\(other)")
        #expect(unknown.status == .ambiguous)
        #expect(
            try value("seen head", of: unknown)
                == "the records before sequence \(grouped(first)) were removed, and with them what would tell")
        #expect(
            verify(log.disk, head: "\(ChainDigest(genesisOf: try #require(try reader.log())))").status == .ambiguous)
        // The archive knows all.
        for sequence in [UInt64(2), names[1].firstSequence - 1] {
            let tree = try LogReader(directory: "log", archives: ["archive"], fileSystem: log.disk).treeHead(
                at: sequence)
            let run = verify(log.disk, head: "\(try #require(tree))", archives: ["archive"])
            #expect(run.status == .clean)
        }
        #expect(verify(log.disk, head: "7:\(other)", archives: ["archive"]).status == .corrupt)
        // The tree's peaks tell of every later head.
        let later = try #require(try reader.treeHead(at: first + 20))
        #expect(verify(log.disk, head: "\(later)").status == .clean)
    }

    @Test("what is no head is refused in words")
    func noHead() async throws {
        let disk = try await sampleDisk()
        for head in ["", "48", "xyz", "48:12"] {
            let run = verify(disk, head: head)
            #expect(run.status == .failure && run.output == "")
            #expect(run.complaints.count == 1 && run.complaints[0].contains("is no head: give the 64 digits"))
        }
    }
}
