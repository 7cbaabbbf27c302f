internal import SayiirEvents

/// A value as it goes from node to node: what is stored, and the value itself while this process still has it.
///
/// Within one process nothing is decoded that was not read from storage, unless ``EngineOptions/decodesEveryValue`` says so.
enum NodeValue: Sendable {
    /// A value as it was read from storage.
    case stored(Payload)
    /// A value of this process; with its stored form, if it has one of its own.
    case live(any Sendable, Payload?)
    /// The outputs of a fork's branches, by their names, in declared order.
    case branches([(name: String, value: NodeValue)])

    /// A value of this process, encoded for storage.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - isSensitive: Whether tools must not show it; its type or the codec may say so, too.
    ///   - codecs: What encodes it.
    init(encoding value: some Encodable & Sendable, isSensitive: Bool, with codecs: Codecs) throws(ValueError) {
        var payload = try codecs.encode(value)
        payload.isSensitive = payload.isSensitive || isSensitive
        self = codecs.decodesEveryValue ? .stored(payload) : .live(value, payload)
    }

    func get<Value: Decodable & Sendable>(as type: Value.Type, with codecs: Codecs) throws(ValueError) -> Value {
        switch self {
        case .stored(let payload):
            return try codecs.decode(type, from: payload)
        case .live(let value, let payload):
            if let value = value as? Value { return value }
            // Two types with the same stored form: what a crash in between would have made of it.
            if let payload { return try codecs.decode(type, from: payload) }
            throw ValueError(reason: "it is a \(Swift.type(of: value))")
        case .branches:
            throw ValueError(reason: "it is what the branches of a fork returned, which only a join can take")
        }
    }

    /// What is stored of the value by itself; `nil` if it is composed of others.
    var payload: Payload? {
        switch self {
        case .stored(let payload): payload
        case .live(_, let payload): payload
        case .branches: nil
        }
    }
}
