/// Finds and describes the first difference between two definitions' texts, and what signals a definition waits for.
enum DefinitionDifference {
    /// A node, or the beginning or end of what is in one.
    private struct Token: Equatable {
        /// The node's parts, unescaped: its kind, its id and its options.
        var parts: [String] = [""]
        /// What ended it: `;`, `{`, `}`, `[`, `]`, `,`, or nothing at the end.
        var end = ""

        var isEmpty: Bool { parts == [""] }
    }

    /// The first difference, as a part of a sentence; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - stored: The text of the instance's definition.
    ///   - given: The text of the workflow's definition.
    static func words(from stored: String, to given: String) -> String? {
        let (stored, given) = (tokens(of: stored), tokens(of: given))
        let place = zip(stored, given).prefix { $0 == $1 }.count
        guard place < max(stored.count, given.count) else { return nil }
        let (old, new) = (place < stored.count ? stored[place] : nil, place < given.count ? given[place] : nil)
        if let old, let new, old.parts.prefix(2) == new.parts.prefix(2), old.parts.count > 1 {
            return "\(node(old)) has \(options(old)) in the instance's definition and \(options(new)) in the one given"
        }
        return "the instance's definition has \(old.map(node) ?? "no further node") where the one given has "
            + (new.map(node) ?? "no further node")
    }

    /// The names of the signals that a definition waits for, each once, in the order of the text.
    static func signals(in text: String) -> [String] {
        var names: [String] = []
        for var parts in tokens(of: text).map(\.parts) {
            // A branch's name may stand before a node.
            if let arrow = parts.first?.range(of: "=>") { parts[0] = String(parts[0][arrow.upperBound...]) }
            guard parts.count > 2, parts[0] == "S", !names.contains(parts[2]) else { continue }
            names.append(parts[2])
        }
        return names
    }

    private static func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        var token = Token()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                token.parts[token.parts.count - 1].unicodeScalars.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == ":" {
                token.parts.append("")
            } else if ";{}[],".unicodeScalars.contains(scalar) {
                token.end = String(scalar)
                tokens.append(token)
                token = Token()
            } else {
                token.parts[token.parts.count - 1].unicodeScalars.append(scalar)
            }
        }
        if !token.isEmpty { tokens.append(token) }
        return tokens
    }

    /// `task 'validate'`.
    private static func node(_ token: Token) -> String {
        guard !token.isEmpty else { return "the end of a sequence" }
        var parts = token.parts[...]
        // A branch's name stands before its first node.
        var branch = ""
        if let arrow = parts.first?.range(of: "=>") {
            branch = " in branch '\(parts.first?[..<arrow.lowerBound] ?? "")'"
            parts[parts.startIndex] = String(parts.first?[arrow.upperBound...] ?? "")
        }
        if parts.first == "J", parts.count > 1 { parts = ["join"] + parts.dropFirst(2) }
        let kind = kinds[parts.first ?? ""] ?? parts.first ?? ""
        let id = parts.dropFirst().first.map { " '\($0)'" } ?? ""
        return "\(kind)\(id)\(branch)"
    }

    private static func options(_ token: Token) -> String {
        let options = token.parts.dropFirst(2).joined(separator: ":")
        return options.isEmpty ? "no options" : "the options '\(options)'"
    }

    private static let kinds = [
        "T": "task", "D": "delay", "S": "the wait for a signal", "F": "fork", "B": "route", "L": "loop", "M": "map",
        "CW": "child workflow",
    ]
}

extension String {
    /// The place of the first occurrence of a text, found without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
