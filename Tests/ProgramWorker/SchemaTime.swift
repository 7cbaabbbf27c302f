import CPostgres
import SayiirEvents

/// The time of day of a schema: a number in a table, in place of the server's clock.
final class SchemaTime {
    private let connection: OpaquePointer
    private let schema: String

    /// Stops the time of a schema that a backend has made.
    init(url: String, schema: String) throws {
        guard let connection = PQconnectdb(url) else { throw SchemaTimeError(description: "no memory") }
        self.connection = connection
        self.schema = schema
        try run(
            """
            SET client_min_messages = warning;
            CREATE TABLE IF NOT EXISTS \(schema).program_time (now bigint NOT NULL);
            INSERT INTO \(schema).program_time
            SELECT \(schema).now_nanoseconds() WHERE NOT EXISTS (SELECT FROM \(schema).program_time);
            CREATE OR REPLACE FUNCTION \(schema).now_nanoseconds() RETURNS bigint LANGUAGE sql VOLATILE AS
            'SELECT now FROM \(schema).program_time';
            """)
    }

    deinit { PQfinish(connection) }

    /// Sets the time for all who ask from now on.
    func set(_ time: Timestamp) throws {
        try run("UPDATE \(schema).program_time SET now = \(time.nanosecondsSinceEpoch)")
    }

    private func run(_ text: String) throws {
        let result = PQexec(connection, text)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw SchemaTimeError(description: String(cString: PQerrorMessage(connection)))
        }
    }
}

/// What the server says against a change of a schema's time.
struct SchemaTimeError: Error, CustomStringConvertible {
    let description: String
}
