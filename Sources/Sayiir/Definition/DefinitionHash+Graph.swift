internal import Crypto
internal import SayiirEvents
internal import SayiirProjection

extension DefinitionHash {
    /// The hash of a graph: SHA-256 of its nodes written out in order.
    ///
    /// What decides how an instance goes on is in it: the kinds of nodes, their ids and order, time-outs, retries, versions, waits,
    /// keys, limits. What does not is left out: the flow's name, tags, priorities, descriptions, the functions themselves. Ids
    /// are escaped, so that two graphs never have the same text. Where the original Sayiir knows the constructs, and ids have no
    /// special characters, the text is the original's.
    init(of graph: Graph) {
        self.init(ofText: graph.definitionText)
    }

    /// The hash of a graph that is written out.
    init(ofText text: String) { self.init(bytes: Array(SHA256.hash(data: Array(text.utf8)))) }
}

extension Graph {
    /// The text that a definition's hash is the digest of.
    var definitionText: String { text(of: Graph.root) }

    /// A sequence as text for the hash: `T:charge:t:30000:r:3:1000:2:v:2;D:wait:500;`.
    fileprivate func text(of sequence: Int) -> String {
        var text = ""
        var place: Int? = sequences[sequence].first
        var isJoin = false
        while let current = place {
            let node = nodes[current]
            text += (isJoin ? "J:" : "") + self.text(of: node)
            if case .fork = node.kind { isJoin = true } else { isJoin = false }
            place = node.successor
        }
        return text
    }

    private func text(of node: Node) -> String {
        let id = node.localID.escapedForDefinition
        switch node.kind {
        case .task(let task):
            return "T:\(id)\(task.options.definitionText);"
        case .delay(let duration):
            return "D:\(id):\(duration.milliseconds);"
        case .signal(let signal):
            let timeout = signal.timeout.map { ":t:\($0.milliseconds)" } ?? ""
            return "S:\(id):\(signal.signal.escapedForDefinition)\(timeout)\(signal.fallback == nil ? "" : ":f");"
        case .fork(let branches):
            // Called after the first nodes, whose ids are escaped each by itself. It has no other name.
            let name = branches.map { nodes[sequences[$0].first].localID.escapedForDefinition }.joined(separator: "||")
            return "F:\(name)[\(branches.map { branchText($0) }.joined())]"
        case .route(let route):
            let branches = route.branches.sorted { $0.key.rawValue.precedesExactly($1.key.rawValue) }
                .map { "\($0.key.rawValue.escapedForDefinition)=>\(text(of: $0.value))," }.joined()
            return "B:\(id){\(branches)}\(route.fallback.map { "_=>\(text(of: $0))" } ?? "");"
        case .loop(let loop):
            return "L:\(id):\(loop.maxIterations):\(loop.onMax.rawValue){\(text(of: loop.body))};"
        case .map(let map):
            return "M:\(id){\(text(of: map.body))};"
        case .child(let body, _):
            return "CW:\(id){\(text(of: body))};"
        }
    }

    /// A branch of a fork. Its name is in the text if it is not that of its first node.
    private func branchText(_ sequence: Int) -> String {
        let first = nodes[sequences[sequence].first]
        let name = sequences[sequence].name
        return (name.isExactly(first.localID) ? "" : "\(name.escapedForDefinition)=>") + text(of: sequence) + ","
    }
}

extension TaskOptions {
    fileprivate var definitionText: String {
        var text = ""
        if let timeout { text += ":t:\(timeout.milliseconds)" }
        if let retries {
            text += ":r:\(retries.maxRetries):\(retries.initialDelay.milliseconds):"
            text += Float(retries.multiplier).shortestText
        }
        if let version { text += ":v:\(version.escapedForDefinition)" }
        if execution == .atMostOnce { text += ":once" }
        return text
    }
}

extension String {
    /// The text with a backslash before each character that has a meaning in a definition's text.
    fileprivate var escapedForDefinition: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if #"\:;,{}[]=|"#.unicodeScalars.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}

extension Duration {
    /// Whole milliseconds, and a fraction if there is one: `1500`, `0.005`.
    fileprivate var milliseconds: String {
        let nanoseconds = saturatedNanoseconds
        let fraction = nanoseconds.magnitude % 1_000_000
        guard fraction != 0 else { return "\(nanoseconds / 1_000_000)" }
        var digits = String(String(fraction + 1_000_000).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(nanoseconds / 1_000_000).\(digits)"
    }
}

extension Float {
    /// The shortest text that gives the same number, without a fraction where there is none: `2`, `1.5`.
    fileprivate var shortestText: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
