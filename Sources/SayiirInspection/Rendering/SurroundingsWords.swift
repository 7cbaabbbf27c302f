internal import SayiirEvents
internal import SayiirLog

extension Surroundings {
    /// `5 files, 3 of them sealed, 1.2 MiB`.
    var segmentWords: String {
        "\(counted(segmentCount, "file"))\(sealedWords), \(byteWords(fileBytes))"
    }

    /// `, 3 of them sealed`, or nothing.
    var sealedWords: String { sealedCount == 0 ? "" : ", \(grouped(UInt64(sealedCount))) of them sealed" }

    /// The lines that only a log with snapshots or removals has, as names and texts.
    var lines: [(name: String, text: String)] {
        var lines: [(String, String)] = []
        if let first = removed.first, let last = removed.last {
            lines.append(("begins", beginningWords(last)))
            lines.append(("removed", removalWords(first, last)))
            lines.append(("", "chain digest after them \(last.lastDigest)"))
        }
        if let words = archiveWords { lines.append(("archives", words)) }
        for segment in archived where segment.file != nil && !segment.isIntact {
            lines.append(("damaged", "\(segment.file ?? "") is not the file that was archived: its SHA-256 is another"))
        }
        for snapshot in snapshots { lines.append(("snapshot", words(for: snapshot))) }
        return lines
    }

    private func beginningWords(_ last: RemovedSegment) -> String {
        guard readFromArchives > 0 else { return "at sequence \(grouped(last.lastSequence &+ 1))" }
        let unread = removed.count - readFromArchives
        return unread == 0
            ? "at sequence 1, with its archives" : "in its archives, which lack \(counted(unread, "segment"))"
    }

    private func removalWords(_ first: RemovedSegment, _ last: RemovedSegment) -> String {
        let count = removed.count { $0.isArchived }
        let how =
            count == removed.count ? "archived" : count == 0 ? "deleted" : "\(grouped(UInt64(count))) of them archived"
        let (from, to) = (removed.map(\.removedAt).min() ?? 0, removed.map(\.removedAt).max() ?? 0)
        func time(_ nanoseconds: Int64) -> String {
            Timestamp(nanosecondsSinceEpoch: nanoseconds).dateAndTime
        }
        let when = from == to ? "at \(time(to))" : "from \(time(from)) to \(time(to))"
        return "\(counted(removed.count, "segment")) (sequences \(grouped(first.name.firstSequence)) to "
            + "\(grouped(last.lastSequence))), \(how), \(when) UTC"
    }

    private var archiveWords: String? {
        guard !archived.isEmpty else { return nil }
        let (intact, missing) = (archived.count(where: \.isIntact), archived.count { $0.file == nil })
        return "\(counted(intact, "file")) as when archived"
            + (missing == 0 ? "" : ", \(grouped(UInt64(missing))) not there")
    }

    private func words(for snapshot: LogSnapshot) -> String {
        let state =
            if let defect = snapshot.defect {
                "damaged: \(defect)"
            } else if let contradiction = contradictions[snapshot.file] {
                "does not fit the log: \(contradiction)"
            } else {
                "whole"
            }
        let made = snapshot.createdAt.map { "made \(Timestamp(nanosecondsSinceEpoch: $0).dateAndTime) UTC, " } ?? ""
        return "\(snapshot.file), to sequence \(grouped(snapshot.coveredSequence)), \(made)"
            + "\(byteWords(UInt64(clamping: snapshot.byteCount))), \(state)"
    }

    /// Writes the members that `status` and `verify` share.
    func write(to writer: inout JSONWriter) {
        writer.member("sealed_segments", sealedCount)
        writer.name("snapshots")
        writer.beginArray()
        for snapshot in snapshots { write(snapshot, to: &writer) }
        writer.endArray()
        guard let first = removed.first, let last = removed.last else { return }
        writer.name("removed")
        writer.beginObject()
        writer.member("segments", removed.count)
        writer.member("archived", removed.count(where: \.isArchived))
        writer.member("read_from_archives", readFromArchives)
        writer.member("first_sequence", first.name.firstSequence)
        writer.member("last_sequence", last.lastSequence)
        writer.member("last_removed", Timestamp(nanosecondsSinceEpoch: last.removedAt).description)
        writer.member("digest", last.lastDigest.description)
        writer.endObject()
        guard !archived.isEmpty else { return }
        writer.objects("archived_files", archived) { writer, segment in
            writer.member("segment", segment.segment.name.description)
            writer.optional("file", segment.file)
            writer.member("intact", segment.isIntact)
        }
    }

    private func write(_ snapshot: LogSnapshot, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("file", snapshot.file)
        writer.member("covered_sequence", snapshot.coveredSequence)
        writer.member("bytes", snapshot.byteCount)
        writer.optional("created", snapshot.createdAt.map { Timestamp(nanosecondsSinceEpoch: $0).description })
        writer.member("whole", snapshot.defect == nil)
        writer.optional("defect", snapshot.defect)
        writer.optional("contradiction", contradictions[snapshot.file])
        writer.endObject()
    }
}
