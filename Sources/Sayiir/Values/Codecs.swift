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
        guard let codec = reading[payload.codec] else {
            throw ValueError(
                reason: "it was stored with codec '\(payload.codec)', which this engine does not have "
                    + "(it has \(reading.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")))")
        }
        do {
            return try codec.decode(type, from: payload.bytes)
        } catch {
            throw ValueError(explaining: error)
        }
    }

    /// A commit of the log holds 16 MiB; some of it is for what goes with the payload.
    private static let payloadLimit = 15 * 1024 * 1024
}

/// Why a value could not be stored or read.
struct ValueError: Error, CustomStringConvertible {
    var reason: String

    /// - Parameter reason: What is wrong, without a full stop: it becomes part of a sentence.
    init(reason: String) { self.reason = reason }

    /// Foundation's coding errors describe themselves badly: this names the place in the value, and the reason.
    init(explaining error: any Error) {
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            reason = Self.text(context.debugDescription, at: context.codingPath, context.underlyingError)
        case DecodingError.keyNotFound(let key, let context):
            reason = Self.text("'\(key.stringValue)' is missing", at: context.codingPath, nil)
        case EncodingError.invalidValue(_, let context):
            reason = Self.text(context.debugDescription, at: context.codingPath, context.underlyingError)
        default:
            reason = Failure.message(of: error)
        }
    }

    var description: String { reason }

    private static func text(_ description: String, at path: [any CodingKey], _ underlying: (any Error)?) -> String {
        let place = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        let cause = underlying.map { " (\($0))" } ?? ""
        // Foundation ends its own in a full stop.
        let reason = description.hasSuffix(".") ? String(description.dropLast()) : description
        return (place.isEmpty ? "" : "at '\(place)': ") + reason + cause
    }
}
