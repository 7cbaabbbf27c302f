public import Logging
public import SayiirLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// How an engine works. The defaults suit most programs.
public struct EngineOptions: Sendable {
    /// What turns values into bytes.
    public var codec: any PayloadCodec = JSONCodec()
    /// Codecs of values that were stored before by another ``codec``.
    public var otherCodecs: [any PayloadCodec] = []
    /// Where the time comes from; `nil` for the backend's clock, which is the machine's unless several machines share the backend.
    public var clock: (any EngineClock)?
    /// Who executes: named in histories and in errors. The host's name and the process's number by default.
    public var executor = Self.hostAndProcess
    /// Whether workflows and their tasks run where the backend likes it best: on the log's own threads. Otherwise they run on Swift's
    /// pool. `docs/PERFORMANCE.md` has figures of both.
    public var prefersBackendExecutor = true
    /// For how long the engine waits for code that ignores cancellation, once the task that runs it was cancelled. Then the code is
    /// left to itself: what it still does is not recorded, and its step runs again. At least 0.
    public var cancellationGracePeriod = Duration.seconds(5)
    /// How many instances may run at the same time when the engine runs as a service; at least 1.
    public var concurrency = 256
    /// What a service offers: it runs tasks all of whose tags are among these, and tasks without tags. `nil` for every task.
    public var tags: [String]?
    /// What sees and surrounds the engine's work; the first is the outermost.
    public var middleware: [any EngineMiddleware] = []
    /// Where a service logs what it cannot run, and why; and what ``TaskContext/logger`` logs to.
    public var logger = Logger(label: "sayiir")
    /// How the log is written, if the engine opens one.
    public var log = LogOptions()

    /// The defaults.
    public init() {}

    private static let hostAndProcess: String = {
        var name = [CChar](repeating: 0, count: 256)
        let host = gethostname(&name, name.count - 1) == 0 ? name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)) : []
        return "\(host.isEmpty ? "localhost" : String(decoding: host, as: UTF8.self))-\(getpid())"
    }()
}
