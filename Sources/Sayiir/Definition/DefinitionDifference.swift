/// Finds and describes the first difference between two definitions' texts, and what signals a definition waits for.
enum DefinitionDifference {
    /// A node, or the beginning or end of what is in one. Two are equal if their bytes are.
    private struct Token: Equatable {
        /// The node's parts, unescaped: its kind, its id and its options.
        var parts: [String] = [""]
        /// What ended it: `;`, `{`, `}`, `[`, `]`, `,`, or nothing at the end.
        var end = ""

        var isEmpty: Bool { parts.count == 1 && parts[0].isEmpty }

        /// The branch's name that stands before the node, if one does, and the node's parts. A name may have arrows in it, the kind of a
        /// node has none: so the last one divides them.
        var split: (branch: String?, node: [String]) {
            guard let first = parts.first, let arrow = first.lastRange(of: "=>") else { return (nil, parts) }
            return (String(first[..<arrow.lowerBound]), [String(first[arrow.upperBound...])] + parts.dropFirst())
        }

        static func == (left: Token, right: Token) -> Bool {
            left.end == right.end && left.parts.isExactly(right.parts)
        }
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
        if let old, let new, Array(old.parts.prefix(2)).isExactly(Array(new.parts.prefix(2))),
            old.parts.count > 1
        {
            return "\(node(old)) has \(options(old)) in the instance's definition and \(options(new)) in the one given"
        }
        return "the instance's definition has \(old.map(node) ?? "no further node") where the one given has "
            + (new.map(node) ?? "no further node")
    }

    /// The names of the signals that a definition waits for, each once, in the order of the text.
    static func signals(in text: String) -> [String] {
        var names: [String] = []
        var known: Set<ExactText> = []
        for parts in tokens(of: text).map(\.split.node) where parts.count > 2 && parts[0] == "S" {
            if known.insert(ExactText(parts[2])).inserted { names.append(parts[2]) }
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
        var (name, parts) = token.split
        let branch = name.map { " in branch '\($0)'" } ?? ""
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
    /// The place of the last occurrence of a text in ASCII, found without Foundation and by bytes: what follows may combine with it.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        let part = Array(text.utf8)
        var end = endIndex
        while let start = utf8.index(end, offsetBy: -part.count, limitedBy: startIndex) {
            if utf8[start..<end].elementsEqual(part) { return start..<end }
            end = utf8.index(before: end)
        }
        return nil
    }
}

extension [String] {
    /// Whether the texts are the same, byte for byte.
    fileprivate func isExactly(_ other: [String]) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.isExactly($1) }
    }
}
