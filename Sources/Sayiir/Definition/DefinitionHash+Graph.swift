internal import Crypto
internal import SayiirEvents
internal import SayiirProjection

extension DefinitionHash {
    /// The hash of a graph: SHA-256 of its nodes written out in order.
    ///
    /// What decides how an instance goes on is in it: ids, order, time-outs, retries, versions. What does not is left out:
    /// the flow's name, tags, priorities, descriptions, the functions themselves. Ids are escaped, so that two graphs never
    /// have the same text. For graphs without `atMostOnce` and special characters the text is that of the original Sayiir.
    init(of graph: Graph) {
        let text = graph.nodes.map { $0.definitionText }.joined()
        self.init(bytes: Array(SHA256.hash(data: Array(text.utf8))))
    }
}

extension Graph.Node {
    /// The node as text for the hash: `T:charge:t:30000:r:3:1000:2:v:2;`.
    fileprivate var definitionText: String {
        switch kind {
        case .task(let task): "T:\(id.rawValue.escapedForDefinition)\(task.options.definitionText);"
        }
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
        reduce(into: "") { result, character in
            if #"\:;,{}[]=|"#.contains(character) { result.append("\\") }
            result.append(character)
        }
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
