internal import Sayiir
package import SayiirEvents

extension PostgresStoreReader {
    /// The workflows that the services of the store serve; `nil` if no service was seen lately, if the tables are of a version that does
    /// not tell, or if the user may not read that table.
    package func servedWorkflows() throws -> Set<ServedWorkflow>? {
        guard version >= 2, try connection.run(Self.mayRead).first?.bool(0) == true else { return nil }
        return try ServiceAnnouncements.workflows(in: try connection.run(ServiceAnnouncements.all))
    }

    private static let mayRead = Statement("may_read_services", "SELECT has_table_privilege('services', 'SELECT')")
}
