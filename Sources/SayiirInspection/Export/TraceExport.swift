internal import SayiirEvents
internal import SayiirProjection

/// Runs in the Trace Event Format of Chrome, which Perfetto reads, too.
///
/// An instance is a process there, and its tracks are threads. Times are counted from the first event of all that is exported, so that
/// viewers, which compute with floating point, lose no nanosecond.
struct TraceExport {
    /// The instances that are wanted; empty for all.
    var instances: Set<InstanceID>

    /// - Returns: How many instances were written.
    func write(_ log: LogSource, _ problems: Problems, _ style: Style, to output: Output) throws -> UInt64 {
        let index = try log.indexStories(of: instances, problems)
        let origin = index.times?.lowerBound ?? Timestamp(nanosecondsSinceEpoch: 0)
        try output.line(#"{"displayTimeUnit":"ms","otherData":{"origin":"\#(origin)"},"traceEvents":["#)
        var count: UInt64 = 0
        try log.forEachStory(in: index) { story in
            count += 1
            let lines = TraceEvents(story, style, process: count, origin: origin).lines
            for (place, line) in lines.enumerated() {
                try output.line(count == 1 && place == 0 ? line : ",\(line)")
            }
        }
        try output.line("]}")
        return count
    }
}

/// One run's trace events, a JSON object each.
struct TraceEvents {
    private(set) var lines: [String] = []
    private let process: UInt64
    private let origin: Timestamp

    init(_ story: Story, _ style: Style, process: UInt64, origin: Timestamp) {
        self.process = process
        self.origin = origin
        let (state, trace) = (story.state, Trace(story, style))
        name("process_name", "\(safe(state.id.rawValue)) (\(safe(state.workflow)), \(state.status.statusName.words))")
        name("thread_name", "signals and requests", track: 0)
        for track in 1...trace.trackCount { name("thread_name", "track \(track)", track: track) }
        for instant in trace.instants { add(instant) }
        for slice in trace.slices { add(slice) }
    }

    private mutating func name(_ kind: String, _ name: String, track: Int? = nil) {
        event(kind, phase: "M", track: track ?? 0) { writer in
            writer.name("args")
            writer.beginObject()
            writer.member("name", name)
            writer.endObject()
        }
    }

    private mutating func add(_ slice: Trace.Slice) {
        event(slice.name, phase: "X", track: slice.track) { [origin] writer in
            writer.member("cat", slice.category.rawValue)
            writer.microseconds("ts", slice.start - origin)
            writer.microseconds("dur", slice.end - slice.start)
            writer.details(slice.details)
        }
    }

    private mutating func add(_ instant: Trace.Instant) {
        event(instant.name, phase: "i", track: 0) { [origin] writer in
            writer.member("cat", instant.category.rawValue)
            writer.microseconds("ts", instant.time - origin)
            writer.member("s", "p")
            writer.details(instant.details)
        }
    }

    private mutating func event(
        _ name: String, phase: String, track: Int, _ write: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", name)
        writer.member("ph", phase)
        writer.member("pid", process)
        writer.member("tid", track)
        write(&writer)
        writer.endObject()
        lines.append(writer.text)
    }
}

extension JSONWriter {
    fileprivate mutating func details(_ details: [(name: String, text: String)]) {
        name("args")
        beginObject()
        for detail in details {
            name(detail.name)
            string(detail.text)
        }
        endObject()
    }

    /// Writes a duration in microseconds, to the nanosecond.
    fileprivate mutating func microseconds(_ name: StaticString, _ duration: Duration) {
        self.name(name)
        let nanoseconds = duration.saturatedNanoseconds
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let fraction = rest == 0 ? "" : ".\(padded(Int64(rest), to: 3))"
        raw("\(nanoseconds < 0 ? "-" : "")\(whole)\(fraction)")
    }
}
