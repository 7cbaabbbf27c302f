internal import SayiirEvents

/// Reads the text of a definition: `T:charge:t:30000;F:a||b[T:a;,T:b;,]J:T:sum;`. A backslash stands before each character that
/// would have a meaning otherwise.
struct DefinitionReader {
    private let scalars: [Unicode.Scalar]
    private var place = 0

    private static let deepest = 100
    private static let special = Set(#":;,{}[]=|"#.unicodeScalars)

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var isAtEnd: Bool { place == scalars.count }

    /// The nodes up to what ends the sequence; `nil` for a wrong text.
    mutating func nodes(prefix: String, depth: Int) -> [Definition.Node]? {
        guard depth <= Self.deepest else { return nil }
        var nodes: [Definition.Node] = []
        while let next = scalars[place...].first, !",}];".unicodeScalars.contains(next) {
            guard let node = node(prefix, depth) else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    private mutating func node(_ prefix: String, _ depth: Int) -> Definition.Node? {
        guard var letter = token(), take(":") else { return nil }
        if letter == "J" {
            guard let next = token(), take(":") else { return nil }
            letter = next
        }
        guard let name = letter == "F" ? forkName() : token() else { return nil }
        var node = Definition.Node(id: NodeID(prefix + name), kind: .task)
        switch letter {
        case "T":
            let fields = fields()
            node.detail = taskWords(fields)
            node.terms = taskTerms(fields)
        case "D":
            node.kind = .delay
            node.detail = fields().first.map(Self.milliseconds) ?? ""
        case "S":
            node.kind = .signal
            let fields = fields()
            node.detail = signalWords(fields)
            node.terms.hasFallback = Self.hasFallback(fields)
        case "F":
            node.kind = .fork
            guard take("["), let bodies = branches(prefix, depth) else { return nil }
            node.bodies = bodies
            return node
        case "B":
            node.kind = .route
            guard take("{"), let bodies = cases(prefix, depth) else { return nil }
            node.bodies = bodies
        case "L":
            node.kind = .loop
            node.detail = "at most \(fields().first ?? "?") times"
            guard let body = body(prefix, depth) else { return nil }
            node.bodies = [body]
        case "M":
            node.kind = .map
            guard let body = body(prefix, depth) else { return nil }
            node.bodies = [body]
        case "CW":
            node.kind = .child
            guard let body = body("\(prefix)\(name)/", depth) else { return nil }
            node.bodies = [body]
        default: return nil
        }
        return take(";") ? node : nil
    }

    // MARK: What nodes hold

    private mutating func body(_ prefix: String, _ depth: Int) -> Definition.Body? {
        guard take("{"), let nodes = nodes(prefix: prefix, depth: depth + 1), take("}") else { return nil }
        return Definition.Body(nodes: nodes)
    }

    /// The branches of a fork: `T:a;,name=>T:b;,]`.
    private mutating func branches(_ prefix: String, _ depth: Int) -> [Definition.Body]? {
        var bodies: [Definition.Body] = []
        while !take("]") {
            let label = arrowLabel()
            guard let nodes = nodes(prefix: prefix, depth: depth + 1), take(",") else { return nil }
            bodies.append(Definition.Body(label: label ?? "", nodes: nodes))
        }
        return bodies
    }

    /// The branches of a route: `red=>T:a;,blue=>T:b;,}_=>T:c;`. The one for other keys stands behind the brace.
    private mutating func cases(_ prefix: String, _ depth: Int) -> [Definition.Body]? {
        var bodies: [Definition.Body] = []
        while !take("}") {
            guard let label = arrowLabel(), let nodes = nodes(prefix: prefix, depth: depth + 1), take(",") else {
                return nil
            }
            bodies.append(Definition.Body(label: label, nodes: nodes))
        }
        guard arrowLabel() != nil else { return bodies }
        guard let nodes = nodes(prefix: prefix, depth: depth + 1) else { return nil }
        return bodies + [Definition.Body(label: "default", isDefault: true, nodes: nodes)]
    }

    /// A fork is called after the first nodes of its branches; a single one must not make the fork's name its own.
    private mutating func forkName() -> String? {
        var parts: [String] = []
        repeat {
            guard let part = token() else { return nil }
            parts.append(part)
        } while take("|") && take("|")
        return parts.joined(separator: "||") + (parts.count == 1 ? "||" : "")
    }

    /// A label with the arrow behind it; nothing is read if there is none.
    private mutating func arrowLabel() -> String? {
        let start = place
        if let label = token(), take("="), take(">") { return label }
        place = start
        return nil
    }

    // MARK: Tokens

    /// The text up to the next character with a meaning.
    private mutating func token() -> String? {
        var text = String.UnicodeScalarView()
        while place < scalars.count, !Self.special.contains(scalars[place]) {
            if scalars[place] == "\\" { place += 1 }
            guard place < scalars.count else { return nil }
            text.append(scalars[place])
            place += 1
        }
        return String(text)
    }

    private mutating func fields() -> [String] {
        var fields: [String] = []
        while take(":"), let field = token() { fields.append(field) }
        return fields
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard place < scalars.count, scalars[place] == scalar else { return false }
        place += 1
        return true
    }

    // MARK: Words

    private func taskWords(_ fields: [String]) -> String {
        var words: [String] = []
        var rest = fields[...]
        while let field = rest.popFirst() {
            switch field {
            case "t": words.append("time-out \(rest.popFirst().map(Self.milliseconds) ?? "")")
            case "r":
                let count = rest.popFirst() ?? ""
                rest = rest.dropFirst(2)
                words.append("\(count) \(count == "1" ? "retry" : "retries")")
            case "v": words.append("version \(rest.popFirst() ?? "")")
            case "once": words.append("at most once")
            default: words.append(field)
            }
        }
        return words.joined(separator: ", ")
    }

    private func signalWords(_ fields: [String]) -> String {
        var words = ["'\(fields.first ?? "")'"]
        if fields.dropFirst().first == "t" {
            words.append("time-out \(fields.dropFirst(2).first.map(Self.milliseconds) ?? "")")
        }
        if Self.hasFallback(fields) { words.append("then its fallback") }
        return words.joined(separator: ", ")
    }

    /// The signal's name comes first, whatever it is.
    private static func hasFallback(_ fields: [String]) -> Bool { fields.count > 1 && fields.last == "f" }

    private func taskTerms(_ fields: [String]) -> Outline.Terms {
        var terms = Outline.Terms()
        var rest = fields[...]
        while let field = rest.popFirst() {
            switch field {
            case "t", "v": rest = rest.dropFirst()
            case "r":
                terms.maxRetries = rest.first.flatMap { Int($0) } ?? 0
                rest = rest.dropFirst(3)
            case "once": terms.isAtMostOnce = true
            default: break
            }
        }
        return terms
    }

    private static func milliseconds(_ text: String) -> String {
        guard let number = Double(text), number.isFinite, abs(number) < 9e12 else { return text }
        return Duration.nanoseconds(Int64(number * 1_000_000)).words
    }
}
