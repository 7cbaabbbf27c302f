internal import SayiirEvents

/// A value as it goes from step to step: what is stored, and the value itself while this process still has it.
///
/// Within one process nothing is decoded that was not read from storage.
struct StoredValue: Sendable {
    var payload: Payload
    var live: (any Sendable)?

    /// A value that was read from storage.
    init(_ payload: Payload) { self.payload = payload }

    /// A value of this process, encoded for storage.
    init(encoding value: some Encodable & Sendable, with codecs: Codecs) throws(ValueError) {
        payload = try codecs.encode(value)
        live = value
    }

    func get<Value: Decodable & Sendable>(as type: Value.Type, with codecs: Codecs) throws(ValueError) -> Value {
        if let value = live as? Value { return value }
        return try codecs.decode(type, from: payload)
    }
}
