/// How a ``PostgresBackend`` works. The defaults suit most programs.
public struct PostgresOptions: Sendable {
    /// The schema that holds the tables; it is created if it is missing. 1 to 48 bytes. Two schemas are two stores.
    public var schema = "sayiir"
    /// The most connections that this process opens, beside the one that listens; at least 1.
    public var maximumConnections = 8
    /// How many connections stay open when nothing is to be done.
    public var minimumConnections = 1
    /// How long a call waits for a connection when all are busy.
    public var acquireTimeout = Duration.seconds(30)
    /// How long opening a connection may take.
    public var connectTimeout = Duration.seconds(10)
    /// How long a connection that nobody needs stays open.
    public var idleTimeout = Duration.seconds(600)
    /// How old a connection may become before it is replaced: moves that a load balancer makes are followed then.
    public var maximumLifetime = Duration.seconds(1800)
    /// How long a statement may take.
    public var statementTimeout = Duration.seconds(30)
    /// How long a call tries again when the server cannot be reached, or breaks the connection, before it throws.
    public var reconnectTimeout = Duration.seconds(30)
    /// How long a lease lasts that is not renewed: so long an instance waits if the process that ran it dies without a word.
    public var leaseDuration = Duration.seconds(300)
    /// How often executors ask for work, and watchers for changes, if nothing tells them that there is some.
    public var pollInterval = Duration.seconds(5)
    /// How many instances' states are kept in memory, so that they need not be read again; at least 1.
    public var cachedInstances = 10_000

    /// The defaults.
    public init() {}

    /// How often leases are renewed: four times in their duration, and every 15 seconds at least.
    var heartbeatInterval: Duration { min(leaseDuration / 4, .seconds(15)) }
}
