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
    /// A Boolean value that indicates whether each step gets what was stored of the value before it; false by default.
    ///
    /// An engine passes the output of a step on as it is, and decodes it only after a restart. A type whose coding drops something, such
    /// as a property that is not among its `CodingKeys`, therefore behaves differently after a crash. With this option every value is
    /// decoded between steps, as it would be after a crash at that place, so that a test finds such types. It costs time for each step:
    /// use it in tests. `EngineOptions.testing` of SayiirTesting has it turned on.
    public var decodesEveryValue = false
    /// Where the time comes from; `nil` for the backend's clock, which is the machine's unless several machines share the backend.
    public var clock: (any EngineClock)?
    /// The name of the worker in histories and errors: 256 bytes at most, the rest is cut off. The host's name and the process's
    /// number by default.
    public var executor = Self.hostAndProcess
    /// Whether workflows and their tasks run where the backend likes it best: on the log's own threads. Otherwise they run on Swift's
    /// pool. `docs/PERFORMANCE.md` has figures of both.
    public var prefersBackendExecutor = true
    /// For how long the engine waits for code that ignores cancellation, once the task that runs it was cancelled. Then the code is
    /// left to itself: what it still does is not recorded, and its step runs again. A negative one counts as 0, one above 200 years as 200.
    public var cancellationGracePeriod = Duration.seconds(5)
    /// The number of instances that may run at the same time when the engine runs as a service. A number below 1 counts as 1;
    /// `Int.max` for no limit.
    public var concurrency = 256
    /// The most threads for tasks that are declared to block, and as many again for tasks with a time-out. They are made as they are
    /// needed, and end when they are not. From 1 to 4096; another number counts as the nearest.
    public var blockingThreads = 64
    /// The time after which a task that holds a thread of the log is warned about, once a minute for each task; `nil` for never.
    public var heldThreadWarning: Duration? = .seconds(1)
    /// The number of attempts at a step, in a row, that end with their process before the step is *in doubt*; `nil` for no limit.
    ///
    /// A task whose code crashes the process would otherwise do so again at every start. Its instance is set aside until a person
    /// decides, see ``WorkflowClient/resolveDoubt(of:in:as:by:reason:)``; others go on. A number below 1 counts as 1.
    ///
    /// What runs beside a task that crashes is interrupted with it and counts as well. So instances that have reached half of the
    /// limit are taken up one at a time, 5 seconds apart at most: then it shows which of them it is.
    public var crashLimit: Int? = 20
    /// What a service offers: it runs tasks all of whose tags are among these, and tasks without tags. `nil` for every task.
    public var tags: [String]?
    /// What sees and surrounds the engine's work; the first is the outermost.
    public var middleware: [any EngineMiddleware] = []
    /// Where a service logs what it cannot run, and why; and what ``TaskContext/logger`` logs to.
    public var logger = Logger(label: "sayiir")
    /// How the log is written, if the engine opens one.
    public var log = LogOptions()

    /// About how many bytes of events go into one commit, at most. For tests: with less, decisions are stored in more parts.
    package var commitBytes = 8 * 1024 * 1024

    /// The defaults.
    public init() {}

    private static let hostAndProcess: String = {
        var name = [CChar](repeating: 0, count: 256)
        let host = gethostname(&name, name.count - 1) == 0 ? name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)) : []
        return "\(host.isEmpty ? "localhost" : String(decoding: host, as: UTF8.self))-\(getpid())"
    }()
}
