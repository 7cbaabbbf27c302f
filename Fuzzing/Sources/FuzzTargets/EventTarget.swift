@testable import SayiirEvents

/// Any bytes are an event or an error. An event survives encoding, and its JSON is JSON on one line.
@Sendable
func fuzzEvent(_ bytes: UnsafeRawBufferPointer) throws {
    let event: Event
    do throws(EventDecodingError) {
        event = try decode(bytes)
    } catch {
        try claim(error.description.isEmpty == false, "an error without words")
        return try claim((0...bytes.count).contains(error.offset), "an error outside of the input: \(error)")
    }
    var encoded: [UInt8] = []
    event.encode(into: &encoded)
    let again = try encoded.withUnsafeBytes { try decode($0) }
    try claim(again == event, "decoded \(event), encoded and decoded again \(again)")
    var encodedAgain: [UInt8] = []
    again.encode(into: &encodedAgain)
    try claim(encodedAgain == encoded, "equal events give different bytes: \(event)")
    for revealing in [false, true] {
        let text = event.json(revealingSensitive: revealing)
        try claim(isValidJSON(Array(text.utf8)), "not valid as JSON: \(text)")
        try claim(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "JSON with control characters: \(text)")
    }
}

private func decode(_ bytes: UnsafeRawBufferPointer) throws(EventDecodingError) -> Event {
    try Event(decoding: bytes, instance: "order-1", time: Timestamp(nanosecondsSinceEpoch: 1_772_368_496_789_000_000))
}
