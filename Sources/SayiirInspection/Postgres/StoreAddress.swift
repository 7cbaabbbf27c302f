/// Where a store in PostgreSQL is.
package struct StoreAddress: Sendable {
    /// The database as libpq takes it. It may hold a password, so it is never shown.
    let url: String
    /// The schema that holds the store.
    let schema: String

    /// Names a store.
    ///
    /// - Parameters:
    ///   - url: The database.
    ///   - schema: The schema.
    package init(url: String, schema: String) {
        self.url = url
        self.schema = schema
    }
}
