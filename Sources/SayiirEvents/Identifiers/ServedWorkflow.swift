/// What an instance goes by: the name of its workflow and the hash of its definition. Both have to match for code to run it.
public struct ServedWorkflow: Hashable, Sendable {
    /// The workflow's name.
    public var name: String
    /// The hash of its definition.
    public var definition: DefinitionHash

    /// Pairs a name with a hash.
    public init(name: String, definition: DefinitionHash) {
        self.name = name
        self.definition = definition
    }

    /// Compares the names byte for byte.
    public static func == (left: Self, right: Self) -> Bool {
        left.definition == right.definition && left.name.isExactly(right.name)
    }

    /// Hashes the definition; few workflows share one.
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

/// The text by which a log records what the services that write it serve: a line for each workflow, with the definition's hash in
/// hexadecimal, a blank, and the name. See `docs/FORMAT.md`, "Service records".
package enum ServiceRecord {
    /// The text of a record. In a name, a line break and a backslash have a backslash before them, the line break as `\n`.
    package static func text(of workflows: Set<ServedWorkflow>) -> String {
        workflows.map { "\($0.definition) \(escaped($0.name))" }.sorted().joined(separator: "\n")
    }

    /// The workflows that a record names; a line that is none is passed over.
    package static func workflows(in text: String) -> Set<ServedWorkflow> {
        var workflows: Set<ServedWorkflow> = []
        for part in text.unicodeScalars.split(separator: "\n") {
            let line = String(part)
            guard let blank = line.firstIndex(of: " "),
                let definition = DefinitionHash(hexadecimal: String(line[..<blank]))
            else { continue }
            let name = unescaped(String(line[line.index(after: blank)...]))
            workflows.insert(ServedWorkflow(name: name, definition: definition))
        }
        return workflows
    }

    private static func escaped(_ name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            if scalar == "\\" || scalar == "\n" { result.append("\\") }
            result.append(scalar == "\n" ? "n" : scalar)
        }
        return String(result)
    }

    private static func unescaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                result.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
