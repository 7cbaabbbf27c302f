import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Appends to a log until there is no room, goes on once there is some, and checks what is there in the end.
///
/// What is scarce is either the file system, of which a file beside the log takes a part until it is removed, or the length that
/// the system allows a file of this process.
struct FullDiskWork: Sendable {
    let directory: String
    /// Removed to make room; without it, the process has a limit to the length of its files.
    let filler: String?

    private static let limit: rlim_t = 200 * 1024

    func run() async throws {
        try restrict()
        var options = LogOptions()
        options.firstSegmentBytes = 64 * 1024
        options.segmentBytes = 256 * 1024
        let log = try await LogWriter.open(directory: directory, options: options)
        let before = try await appendUntilFull(log)
        say("full after \(before)")
        do {
            try await log.append(batch(0, bytes: 100_000))
            say("took more than there is room for")
        } catch LogError.noSpace {
            say("still full")
        }
        try makeRoom()
        var acknowledged = before
        for _ in 0..<200 {
            try await log.append(batch(acknowledged + 1, bytes: 1000))
            acknowledged += 1
        }
        try await log.close()
        let again = try await LogWriter.open(directory: directory, options: options)
        try await again.close()
        say(
            "acknowledged \(acknowledged) found \(try count()) verdict \(try LogReader(directory: directory).verify().verdict)"
        )
    }

    private func appendUntilFull(_ log: LogWriter) async throws -> Int {
        var acknowledged = 0
        while true {
            do {
                try await log.append(batch(acknowledged + 1, bytes: 1000))
                acknowledged += 1
            } catch LogError.noSpace {
                return acknowledged
            }
        }
    }

    /// How many records there are, if each is the one that was written in its place.
    private func count() throws -> Int {
        var follower = LogReader(directory: directory).follow()
        var count = 0
        while let frame = try follower.next() {
            for record in frame.records {
                count += 1
                let isRight = record.key == "r\(count)" && record.payload.count == 1000
                if !isRight { say("record \(count) is \(record.key)") }
            }
        }
        return count
    }

    private func batch(_ number: Int, bytes: Int) throws -> RecordBatch {
        var batch = RecordBatch()
        var state = UInt64(number)
        let payload = (0..<bytes).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        try batch.append(kind: .event, key: "r\(number)", timestamp: 0, payload: payload)
        return batch
    }

    private func restrict() throws {
        guard filler == nil else { return }
        // The write is to fail, not to kill.
        signal(SIGXFSZ, SIG_IGN)
        setLimit(Self.limit)
    }

    private func makeRoom() throws {
        if let filler { unlink(filler) } else { setLimit(rlim_t.max) }
    }

    /// Changes the limit that counts; the one above it stays as it is.
    private func setLimit(_ bytes: rlim_t) {
        var limits = rlimit()
        #if canImport(Glibc)
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits)
            limits.rlim_cur = min(bytes, limits.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits)
        #else
            getrlimit(RLIMIT_FSIZE, &limits)
            limits.rlim_cur = min(bytes, limits.rlim_max)
            setrlimit(RLIMIT_FSIZE, &limits)
        #endif
    }
}
