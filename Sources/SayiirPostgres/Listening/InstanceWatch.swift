internal import SayiirEvents

/// Looks how far an instance is, and has its changes told.
struct InstanceWatch {
    let connection: PostgresConnection

    /// The revision of an instance; 0 if it does not exist.
    func revision(of instance: InstanceID) throws(PostgresError) -> UInt64 {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        return try connection.run(Self.revision, parameters).first?.count(0) ?? 0
    }

    /// The same; from here on, for the given time, changes of the instance under a lease are told to all processes.
    ///
    /// Those without a lease always are. Telling every change would make all commits of all instances wait for each other.
    func watch(_ instance: InstanceID, for limit: Duration) throws(PostgresError) -> UInt64 {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(Int64(clamping: limit.nanosecondCount))
        return try connection.run(Self.watch, parameters).first?.count(0) ?? 0
    }

    private static let revision = Statement(
        "revision", "SELECT coalesce((SELECT revision FROM instances WHERE id = $1::text), 0)")
    private static let watch = Statement(
        "watch",
        """
        UPDATE instances SET watched_until = greatest(watched_until, now_nanoseconds() + $2::bigint)
        FROM (SELECT set_config('synchronous_commit', 'off', true)) AS lax
        WHERE id = $1::text RETURNING revision
        """)
}
