/// What the body of a loop decides: to go round once more, or to be done.
public enum LoopResult<Value: Codable & Sendable>: Sendable {
    /// Another iteration follows, with this value.
    case again(Value)
    /// The loop is done, with this value.
    case done(Value)

    /// The value, whichever it is.
    public var value: Value {
        switch self {
        case .again(let value), .done(let value): value
        }
    }

    /// Whether another iteration follows.
    public var isAgain: Bool { if case .again = self { true } else { false } }

    /// Whether the loop is done.
    public var isDone: Bool { !isAgain }
}

extension LoopResult: Equatable where Value: Equatable {}
extension LoopResult: Hashable where Value: Hashable {}

/// `{"_loop": "again", "value": …}`, or `"done"`.
extension LoopResult: Codable {
    private enum CodingKeys: String, CodingKey {
        case decision = "_loop"
        case value
    }

    /// Reads the decision and the value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let decision = try container.decode(String.self, forKey: .decision)
        let value = try container.decode(Value.self, forKey: .value)
        switch decision {
        case "again": self = .again(value)
        case "done": self = .done(value)
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .decision, in: container, debugDescription: "unknown loop decision tag: '\(decision)'")
        }
    }

    /// Writes the decision and the value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isAgain ? "again" : "done", forKey: .decision)
        try container.encode(value, forKey: .value)
    }
}

/// What happens to a loop whose body wants to go round once more than is allowed.
public enum OnMax: String, Hashable, Sendable, CaseIterable {
    /// The workflow fails.
    case fail
    /// The loop ends with the last value.
    case exitWithLast = "exit_with_last"
}
