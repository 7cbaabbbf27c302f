internal import SayiirEvents

/// The codecs of an engine: one that writes, and those that it can read. A class, since each step passes it on several times.
final class Codecs: Sendable {
    private let writing: any PayloadCodec
    /// See ``EngineOptions/decodesEveryValue``.
    let decodesEveryValue: Bool
    private let reading: [ExactText: any PayloadCodec]

    init(writing: any PayloadCodec, reading others: [any PayloadCodec] = [], decodesEveryValue: Bool = false) {
        self.writing = writing
        self.decodesEveryValue = decodesEveryValue
        var reading: [ExactText: any PayloadCodec] = [:]
        for codec in others + [writing] { reading[ExactText(codec.id)] = codec }
        self.reading = reading
    }

    func encode(_ value: some Encodable) throws(ValueError) -> Payload {
        let bytes: [UInt8]
        do {
            bytes = try writing.encode(value)
        } catch {
            throw ValueError(explaining: error)
        }
        let payload = Payload(
            codec: writing.id, bytes: bytes,
            isSensitive: writing.isSensitive || type(of: value) is any SensitiveValue.Type)
        if let problem = Self.problem(with: payload) { throw ValueError(reason: problem) }
        return payload
    }

    /// Why a payload cannot be stored, as the end of a sentence; `nil` if it can.
    static func problem(with payload: Payload) -> String? {
        if payload.bytes.count > payloadLimit {
            return "it has \(payload.bytes.count) bytes, and a stored value can have \(payloadLimit) at most"
        }
        return TextLimits.problem(with: payload.codec).map { "its codec's id \($0)" }
    }

    func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws(ValueError) -> Value {
        guard let codec = reading[ExactText(payload.codec)] else {
            let names = reading.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            let reason =
                "it was stored with codec '\(payload.codec)', which this engine does not have (it has \(names))"
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
