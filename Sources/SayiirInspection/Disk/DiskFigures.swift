internal import SayiirEvents

/// What a disk was measured to do.
struct DiskFigures {
    var directory: String
    /// How long each write of 4 KiB took with its sync, in nanoseconds, in ascending order.
    var latencies: [Int64]
    /// From the first of them to the end of the last.
    var elapsed: Duration
    /// The length of the file.
    var byteCount: UInt64
    /// How long it took to write the file from its beginning to its end, and to sync it once.
    var writing: Duration
    /// How long it took to read it again.
    var reading: Duration

    /// The latency that so many of a thousand writes did not exceed.
    func percentile(_ thousandths: Int) -> Duration {
        guard let last = latencies.last else { return .zero }
        let place = (latencies.count * thousandths + 999) / 1000 - 1
        return .nanoseconds(latencies.indices.contains(place) ? latencies[place] : last)
    }

    /// Syncs a second.
    var rate: UInt64 { Self.perSecond(UInt64(latencies.count), in: elapsed) }

    /// A number of things for each second of a duration; 0 where that is none.
    static func perSecond(_ count: UInt64, in duration: Duration) -> UInt64 {
        let nanoseconds = UInt64(clamping: duration.saturatedNanoseconds)
        guard nanoseconds > 0 else { return 0 }
        let (high, low) = count.multipliedFullWidth(by: 1_000_000_000)
        guard high < nanoseconds else { return .max }
        return nanoseconds.dividingFullWidth((high, low)).quotient
    }

    func lines(_ style: Style) -> [String] {
        func line(_ name: String, _ text: String) -> String {
            "  \(style.paint(name.padded(to: 10), .dim))  \(text)"
        }
        let (write, read) = (Self.perSecond(byteCount, in: writing), Self.perSecond(byteCount, in: reading))
        let advice =
            "A flow whose steps follow each other needs a commit for each, so it makes \(grouped(rate)) steps a second at most; "
            + "many flows at once share their commits."
        return [
            "A commit in \(safe(directory)) takes \(percentile(500).words).",
            line("commits", "\(grouped(UInt64(latencies.count))) of 4 KiB, each synced: \(grouped(rate)) a second"),
            line(
                "latency",
                "\(percentile(500).words) median, \(percentile(990).words) p99, \(percentile(1000).words) at worst"),
            line("write", "\(byteWords(write)) a second, \(byteWords(byteCount)) with one sync at the end"),
            line("read", "\(byteWords(read)) a second, perhaps from the system's memory"), "",
        ] + wrapped(advice, to: style.width, first: "", indent: "")
    }

    /// One object, with the members that docs/INSPECT.md lists.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.member("commits", latencies.count)
        writer.seconds("duration_seconds", elapsed)
        writer.member("commits_per_second", rate)
        writer.seconds("p50_seconds", percentile(500))
        writer.seconds("p99_seconds", percentile(990))
        writer.seconds("worst_seconds", percentile(1000))
        writer.member("file_bytes", byteCount)
        writer.member("write_bytes_per_second", Self.perSecond(byteCount, in: writing))
        writer.member("read_bytes_per_second", Self.perSecond(byteCount, in: reading))
        writer.endObject()
        return writer.text
    }
}
