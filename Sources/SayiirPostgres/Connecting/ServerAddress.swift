internal import CPostgres

/// Where the server is, as the URL says, checked, and with the secrets apart.
struct ServerAddress: Sendable {
    /// The URL, or the words `host=… dbname=…`, as libpq takes them.
    let url: String
    /// What can be shown: `sayiir@db.example.org:5432/jobs`.
    let name: String
    /// What must not be: passwords.
    private let secrets: [String]

    /// Reads a URL as libpq does.
    ///
    /// - Throws: ``PostgresError/Kind/invalidURL``, without the URL.
    init(url: String) throws(PostgresError) {
        guard !url.utf8.contains(0) else {
            throw PostgresError(.invalidURL, server: "", message: "it holds a character of value 0")
        }
        try Self.checkSeparators(url)
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &complaint) else {
            // What libpq quotes may be a part of a password.
            let words = complaint.map { String(cString: $0) } ?? ""
            PQfreemem(complaint)
            throw PostgresError(.invalidURL, server: "", message: Self.withoutQuotations(words))
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        // What stands there otherwise may be a part of a password, and would be shown.
        guard values["port"]?.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ",") }) ?? true else {
            throw PostgresError(.invalidURL, server: "", message: "the port is not a number")
        }
        self.url = url
        let user = values["user"].map { "\($0)@" } ?? ""
        let host = values["host"] ?? values["hostaddr"] ?? "local"
        let port = values["port"].map { ":\($0)" } ?? ""
        name = "\(user)\(host)\(port)/\(values["dbname"] ?? values["user"] ?? "")"
        secrets = ["password", "sslpassword"].compactMap { values[$0] }.filter { !$0.isEmpty }
    }

    /// The text without anything secret.
    func redact(_ text: String) -> String {
        var text = text
        for secret in secrets {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
        return text
    }

    /// Refuses a URL in which a '/' or '@' of the password ends it early: the rest of it would pass for a host or a database then.
    private static func checkSeparators(_ url: String) throws(PostgresError) {
        let words = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2 else { return }
        let beforeQuery = words[1].prefix { $0 != "?" }
        let authority = beforeQuery.prefix { $0 != "/" }
        let separators = authority.count { $0 == "@" }
        guard separators <= 1, beforeQuery.count(where: { $0 == "@" }) == separators else {
            throw PostgresError(
                .invalidURL, server: "", message: "an '@' or '/' of the user or password stands in it as it is")
        }
    }

    private static func withoutQuotations(_ text: String) -> String {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.enumerated().map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }.joined()
            .split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
