internal import SayiirEvents

/// What the branches of a fork returned, by their names.
///
/// ```swift
/// .join(byName: "finalize") { results in
///     let stock = try results["reserve", as: Stock.self]
///     …
/// }
/// ```
public struct BranchResults: Sendable {
    private let branches: [(name: String, value: NodeValue)]
    private let codecs: Codecs

    init(_ value: NodeValue, _ codecs: Codecs) throws(ValueError) {
        guard case .branches(let branches) = value else {
            throw ValueError(reason: "it is not what the branches of a fork returned")
        }
        self.branches = branches
        self.codecs = codecs
    }

    /// The branches' names, in the order of their declaration.
    public var names: [String] { branches.map(\.name) }

    /// The output of a branch.
    ///
    /// - Throws: ``BranchResultError`` if there is no branch of that name, or if its output is of another type.
    public subscript<Value: Decodable & Sendable>(name: String, as type: Value.Type) -> Value {
        get throws(BranchResultError) {
            do throws(ValueError) {
                return try output(of: name, as: type)
            } catch {
                throw BranchResultError(description: error.reason, undecodable: error.value)
            }
        }
    }

    func output<Value: Decodable & Sendable>(of name: String, as type: Value.Type) throws(ValueError) -> Value {
        guard let place = branches.firstIndex(where: { $0.name == name }) else {
            let known = names.map { "'\($0)'" }.joined(separator: ", ")
            throw ValueError(reason: "Branch '\(name)' not found (there are \(known))")
        }
        return try output(at: place, as: type)
    }

    private func output<Value: Decodable & Sendable>(at place: Int, as type: Value.Type) throws(ValueError) -> Value {
        do throws(ValueError) {
            return try branches[place].value.get(as: type, with: codecs)
        } catch {
            throw ValueError(
                reason: "branch '\(branches[place].name)' did not return \(type): \(error)", value: error.value)
        }
    }

    /// The outputs of all branches, in the order of their declaration.
    func outputs<Value: Decodable & Sendable>(as type: Value.Type) throws(ValueError) -> [Value] {
        var outputs: [Value] = []
        outputs.reserveCapacity(branches.count)
        for place in branches.indices { outputs.append(try output(at: place, as: type)) }
        return outputs
    }

    /// Gives the outputs one after the other.
    struct Reader {
        private let results: BranchResults
        private var place = 0

        init(_ results: BranchResults) { self.results = results }

        mutating func next<Value: Decodable & Sendable>(_ type: Value.Type) throws(ValueError) -> Value {
            guard place < results.branches.count else { throw ValueError(reason: "there are too few branches") }
            defer { place += 1 }
            return try results.output(at: place, as: type)
        }
    }
}

/// Why the output of a branch cannot be had.
public struct BranchResultError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error in words.
    public let description: String
    /// The branch's output, if it is there and cannot be decoded as that type. The step is stuck then rather than failed.
    let undecodable: UndecodableValue?
}
