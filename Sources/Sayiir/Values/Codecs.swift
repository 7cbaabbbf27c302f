internal import SayiirEvents

/// The codecs of an engine: one that writes, and those that it can read. A class, since each step passes it on several times.
final class Codecs: Sendable {
    private let writing: any PayloadCodec
    private let reading: [String: any PayloadCodec]

    init(writing: any PayloadCodec, reading others: [any PayloadCodec] = []) {
        self.writing = writing
        var reading: [String: any PayloadCodec] = [:]
        for codec in others + [writing] { reading[codec.id] = codec }
        self.reading = reading
    }

    func encode(_ value: some Encodable) throws(ValueError) -> Payload {
        let bytes: [UInt8]
        do {
            bytes = try writing.encode(value)
        } catch {
            throw ValueError(explaining: error)
        }
        guard bytes.count <= Self.payloadLimit else {
            throw ValueError(
                reason: "it has \(bytes.count) bytes, and a stored value can have \(Self.payloadLimit) at most")
        }
        return Payload(
            codec: writing.id, bytes: bytes,
            isSensitive: writing.isSensitive || type(of: value) is any SensitiveValue.Type)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws(ValueError) -> Value {
        guard let codec = reading[payload.codec] else {
            let reason =
                "it was stored with codec '\(payload.codec)', which this engine does not have "
                + "(it has \(reading.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")))"
            throw ValueError(
                reason: reason,
                value: UndecodableValue(codec: payload.codec, expected: "\(type)", reason: reason))
        }
        do {
            return try codec.decode(type, from: payload.bytes)
        } catch {
            var problem = ValueError(explaining: error)
            problem.value = UndecodableValue(
                codec: payload.codec, expected: "\(type)", path: problem.path, reason: problem.cause)
            throw problem
        }
    }

    /// A commit of the log holds 16 MiB; some of it is for what goes with the payload.
    private static let payloadLimit = 15 * 1024 * 1024
}

/// Why a value could not be stored or read.
struct ValueError: Error, CustomStringConvertible {
    /// What is wrong, with the place in the value.
    var reason: String
    /// The place in the value; empty for the value as a whole, or if the codec did not say.
    private(set) var path = ""
    /// What is wrong there.
    private(set) var cause: String
    /// The value, if it was stored and could not be decoded.
    var value: UndecodableValue?

    /// - Parameters:
    ///   - reason: What is wrong, without a full stop: it becomes part of a sentence.
    ///   - value: The value, if it was stored and could not be decoded.
    init(reason: String, value: UndecodableValue? = nil) {
        self.reason = reason
        cause = reason
        self.value = value
    }

    /// Foundation's coding errors describe themselves badly: this names the place in the value, and the reason.
    init(explaining error: any Error) {
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            self.init(context.debugDescription, at: context.codingPath, context.underlyingError)
        case DecodingError.keyNotFound(let key, let context):
            self.init("'\(key.stringValue)' is missing", at: context.codingPath, nil)
        case EncodingError.invalidValue(_, let context):
            self.init(context.debugDescription, at: context.codingPath, context.underlyingError)
        default:
            self.init(reason: Failure.message(of: error))
        }
    }

    private init(_ description: String, at path: [any CodingKey], _ underlying: (any Error)?) {
        self.path = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        let underlying = underlying.map { " (\($0))" } ?? ""
        // Foundation ends its own in a full stop.
        cause = (description.hasSuffix(".") ? String(description.dropLast()) : description) + underlying
        reason = (self.path.isEmpty ? "" : "at '\(self.path)': ") + cause
    }

    var description: String { reason }

    /// What is recorded of a step that cannot go on because of this.
    ///
    /// - Parameter expected: What was expected, if the value itself does not say.
    func undecodable(as expected: String) -> UndecodableValue {
        value ?? UndecodableValue(codec: "", expected: expected, reason: reason)
    }
}
