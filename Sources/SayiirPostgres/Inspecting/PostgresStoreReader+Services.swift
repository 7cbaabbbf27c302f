internal import Sayiir
package import SayiirEvents

extension PostgresStoreReader {
    /// The workflows that the services of the store serve; `nil` if no service was seen lately, or if the tables are of a version that does
    /// not tell.
    package func servedWorkflows() throws -> Set<ServedWorkflow>? {
        guard version >= 2 else { return nil }
        return try ServiceAnnouncements.workflows(in: try connection.run(ServiceAnnouncements.all))
    }
}
