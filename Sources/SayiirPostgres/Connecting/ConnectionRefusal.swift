/// What libpq says of a connection that it could not open, with all details that it has.
///
/// It may be of several attempts, the last of which counts:
///
///     connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  53300: sorry, too many clients already
///     LOCATION:  InitProcess, proc.c:353
struct ConnectionRefusal {
    /// The words, on one line, without the code and where in the server's source they come from.
    let message: String
    /// The server's code; `nil` if no server refused it.
    let sqlState: String?

    init(text: String) {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("LOCATION: ") }
        let words = lines.joined(separator: "; ")
        // Older versions of libpq give the server's words alone.
        sqlState = lines.last { $0.contains("failed: ") || Self.code(in: $0) != nil }.flatMap { Self.code(in: $0) }
        message = sqlState.map { words.split(separator: "  \($0): ").joined(separator: " ") } ?? words
    }

    /// Whether it is libpq that takes offence, at the URL or at settings from the environment.
    var isOfSettings: Bool { message.hasPrefix("invalid ") }

    /// The severity is translated like all words, so what tells a code is its form: five capitals or digits behind two spaces.
    private static func code(in line: some StringProtocol) -> String? {
        line.split(separator: ":").lazy.compactMap { part -> String? in
            let code = part.dropFirst(2)
            let isCode =
                part.hasPrefix("  ") && code.utf8.count == 5
                && code.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            return isCode ? String(code) : nil
        }.first
    }
}
