internal import SayiirEvents

/// How a ``PostgresBackend`` works. The defaults suit most programs.
///
/// A number or duration outside its bounds counts as the nearest one within: durations from zero to 200 years,
/// ``maximumConnections`` from 1 to 10,000, ``leaseDuration`` and ``pollInterval`` from 10 milliseconds, a lease 10 years at most.
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

    /// The options, each within the bounds in which all arithmetic on it is safe.
    var bounded: PostgresOptions {
        var options = self
        options.maximumConnections = min(max(maximumConnections, 1), Self.connectionLimit)
        options.minimumConnections = min(max(minimumConnections, 0), options.maximumConnections)
        options.acquireTimeout = acquireTimeout.boundedWait
        options.connectTimeout = connectTimeout.boundedWait
        options.idleTimeout = idleTimeout.boundedWait
        options.maximumLifetime = maximumLifetime.boundedWait
        options.statementTimeout = statementTimeout.boundedWait
        options.reconnectTimeout = reconnectTimeout.boundedWait
        // The end of a lease is a time of day, which has to be left in the year that the server counts to.
        options.leaseDuration = min(max(leaseDuration, Self.shortestInterval), Self.longestLease)
        options.pollInterval = max(pollInterval.boundedWait, Self.shortestInterval)
        options.cachedInstances = max(cachedInstances, 1)
        return options
    }

    /// More connections than a server takes. Each has a thread of its own.
    private static let connectionLimit = 10_000
    /// Asking the server without a pause would keep it from its work.
    private static let shortestInterval = Duration.milliseconds(10)
    private static let longestLease = Duration.seconds(10 * 365 * 86_400)

    /// How often leases are renewed: four times in their duration, and every 15 seconds at least.
    var heartbeatInterval: Duration { min(leaseDuration / 4, .seconds(15)) }
}
