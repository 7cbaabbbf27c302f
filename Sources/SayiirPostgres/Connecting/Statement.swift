/// A statement that each connection prepares once.
struct Statement: Sendable {
    /// Its name in the server's session; no two have the same.
    let name: String
    let sql: String

    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}
