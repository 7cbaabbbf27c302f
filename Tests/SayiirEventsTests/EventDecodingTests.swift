import SayiirEvents
import Testing

@Suite("Decoding of damaged and foreign events")
struct EventDecodingTests {
    private let sample = Event(
        instance: "i", revision: 2, time: Sample.time,
        body: .taskCheckpointed(
            .init(step: Step("a", indices: [1]), attempt: 1, output: Payload(codec: "json", bytes: [0x31]))))

    /// What happened is the last field and has its length in front, so no cut leaves a valid shorter event.
    @Test("an event cut at any byte is refused", arguments: Sample.all)
    func truncation(sample: Sample) {
        let bytes = encoded(sample.event)
        for count in bytes.indices.prefix(600) {
            #expect(throws: EventDecodingError.self) {
                try decoded(Array(bytes.prefix(count)), like: sample.event)
            }
        }
    }

    @Test("no flipped bit traps", arguments: Sample.all)
    func bitFlips(sample: Sample) {
        var bytes = encoded(sample.event)
        for index in bytes.indices.prefix(600) {
            for bit in 0..<8 {
                bytes[index] ^= 1 << bit
                if let event = try? decoded(bytes, like: sample.event), bytes.count < 600 { _ = event.json() }
                bytes[index] ^= 1 << bit
            }
        }
    }

    @Test("no random bytes trap, and what decodes does so again after encoding")
    func randomBytes() throws {
        var random = SplitMix64(seed: 20_260_301)
        let seeds = Sample.all.map { encoded($0.event) }.filter { $0.count < 200 }
        for round in 0..<100_000 {
            var bytes: [UInt8]
            if round % 2 == 0 {
                bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                bytes = seeds[round / 2 % seeds.count]
                for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, using: &random) }
            }
            guard let event = try? decoded(bytes, like: sample) else { continue }
            #expect(try decoded(encoded(event), like: sample) == event)
        }
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(.random(in: 0...255, using: &random), at: place)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2 where place < bytes.count:
            bytes[place] = [0x00, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        default: if place < bytes.count { bytes[place] = .random(in: 0...255, using: &random) }
        }
    }

    @Test("unknown fields are skipped before, between and behind known ones and in nested messages")
    func unknownFields() throws {
        // Field 15 in all four layouts, and field 5000 with a length.
        let unknown: [UInt8] = [
            0x78, 0x96, 0x01, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7A, 2, 9, 9, 0x7D, 1, 2, 3, 4, 0xC2, 0xB8, 0x02,
            1, 0,
        ]
        let step = message(unknown + [0x0A, 1, 0x61] + unknown + [0x12, 1, 1] + unknown)
        let output = message([0x0A, 4, 0x6A, 0x73, 0x6F, 0x6E] + unknown + [0x12, 1, 0x31])
        let body = message(
            unknown + [0x0A] + step + unknown + [0x10, 1] + unknown + [0x1A] + output + unknown)
        // Field 5000 would be a kind of event outside of messages.
        let header = unknown.dropLast(5)
        let bytes = header + [0x08, 2] + header + [0x8A, 0x02] + body + header
        #expect(try decoded(Array(bytes), like: sample) == sample)
    }

    @Test("fields in any order are read")
    func order() throws {
        let body = message(
            [0x1A] + message([0x12, 1, 0x31, 0x0A, 4, 0x6A, 0x73, 0x6F, 0x6E]) + [0x10, 1, 0x0A]
                + message([0x12, 1, 1, 0x0A, 1, 0x61]))
        #expect(try decoded([0x8A, 0x02] + body + [0x08, 2], like: sample) == sample)
    }

    @Test("of a repeated single field the last counts, and messages are merged")
    func duplicates() throws {
        let firstHalf = message([0x0A] + message([0x0A, 1, 0x78, 0x12, 1, 1]) + [0x10, 9])
        let secondHalf = message(
            [0x10, 1, 0x0A] + message([0x0A, 1, 0x61]) + [0x1A]
                + message([0x0A, 4, 0x6A, 0x73, 0x6F, 0x6E, 0x12, 1, 0x31]))
        let tag: [UInt8] = [0x8A, 0x02]
        #expect(try decoded([0x08, 1, 0x08, 2] + tag + firstHalf + tag + secondHalf, like: sample) == sample)
    }

    @Test("of several kinds the last counts")
    func severalKinds() throws {
        let paused: [UInt8] = [0x8A, 0x05, 0]
        let unpaused: [UInt8] = [0x92, 0x05, 0]
        #expect(try decoded(paused + unpaused, like: sample).body == .unpaused(.init()))
        #expect(try decoded(unpaused + paused + paused, like: sample).body == .paused(.init()))
    }

    @Test("numbers are read packed, unpacked and mixed")
    func packedAndUnpacked() throws {
        let step = message([0x0A, 1, 0x61, 0x10, 1, 0x12, 3, 2, 0xAC, 0x02, 0x10, 4, 0x12, 0])
        let event = try decoded([0x92, 0x03] + message([0x0A] + step), like: sample)
        #expect(event.body == .joined(.init(step: Step("a", indices: [1, 2, 300, 4]))))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let reason: EventDecodingError.Reason
        let path: String
        let offset: Int
        var testDescription: String { "\(reason) at \(offset) in \(path)" }
    }

    /// `joined` is field 50 (tag 92 03); its step's node is 0A.., its indices are 12...
    static let refusals = [
        Refusal(bytes: [], reason: .missingBody, path: "", offset: 0),
        Refusal(bytes: [0x08, 1], reason: .missingBody, path: "", offset: 2),
        Refusal(bytes: [0x08], reason: .truncated, path: "revision", offset: 1),
        Refusal(bytes: [0x08, 0x80], reason: .truncated, path: "revision", offset: 1),
        Refusal(bytes: [0x80], reason: .truncated, path: "", offset: 0),
        Refusal(
            bytes: [0x08] + Array(repeating: 0xFF, count: 9) + [0x02], reason: .overlongVarint,
            path: "revision",
            offset: 1),
        Refusal(
            bytes: [0x08] + Array(repeating: 0x80, count: 10) + [0x00], reason: .overlongVarint,
            path: "revision",
            offset: 1),
        Refusal(bytes: [0x09, 0, 0, 0, 0, 0, 0, 0, 0], reason: .wrongWireType, path: "revision", offset: 0),
        Refusal(bytes: [0x10, 0x00], reason: .wrongWireType, path: "actor", offset: 0),
        Refusal(bytes: [0x12, 2, 0x41], reason: .lengthPastEnd, path: "actor", offset: 1),
        Refusal(
            bytes: [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], reason: .lengthPastEnd,
            path: "actor", offset: 1),
        Refusal(bytes: [0x12, 1, 0xFF], reason: .invalidUTF8, path: "actor", offset: 2),
        Refusal(bytes: [0x12, 2, 0xC0, 0x80], reason: .invalidUTF8, path: "actor", offset: 2),
        Refusal(bytes: [0x12, 3, 0xED, 0xA0, 0x80], reason: .invalidUTF8, path: "actor", offset: 2),
        Refusal(bytes: [0x00, 0x00], reason: .invalidTag, path: "", offset: 0),
        Refusal(bytes: [0x0B, 0x0C], reason: .invalidTag, path: "", offset: 0),
        Refusal(bytes: [0x0E], reason: .invalidTag, path: "", offset: 0),
        Refusal(bytes: [0x80, 0x80, 0x80, 0x80, 0x10], reason: .invalidTag, path: "", offset: 0),
        Refusal(bytes: [0x90, 0x03, 1], reason: .wrongWireType, path: "joined", offset: 0),
        Refusal(bytes: [0xC0, 0xB8, 0x02, 1], reason: .wrongWireType, path: "unknown_5000", offset: 0),
        Refusal(bytes: [0x92, 0x03, 1], reason: .lengthPastEnd, path: "joined", offset: 2),
        Refusal(bytes: [0x92, 0x03, 2, 0x0A, 1], reason: .lengthPastEnd, path: "joined.step", offset: 4),
        Refusal(
            bytes: [0x92, 0x03, 5, 0x0A, 3, 0x0A, 1, 0x80], reason: .invalidUTF8, path: "joined.step.node",
            offset: 7),
        Refusal(
            bytes: [0x92, 0x03, 9, 0x0A, 7, 0x12, 5, 0x80, 0x80, 0x80, 0x80, 0x10], reason: .valueOutOfRange,
            path: "joined.step.indices", offset: 7),
        Refusal(
            bytes: [0x92, 0x03, 5, 0x0A, 3, 0x12, 1, 0x80], reason: .truncated, path: "joined.step.indices",
            offset: 7),
        Refusal(
            bytes: [0x82, 0x04, 5, 0x11, 0, 0, 0, 0], reason: .truncated, path: "delay_started.wake_at",
            offset: 4),
        Refusal(bytes: [0x08, 1, 0x7D, 0, 0, 0], reason: .truncated, path: "", offset: 3),
    ]

    @Test("an error names its reason, field and byte", arguments: refusals)
    func errors(refusal: Refusal) {
        let error = #expect(throws: EventDecodingError.self) { try decoded(refusal.bytes, like: sample) }
        #expect(error?.reason == refusal.reason)
        #expect(error?.path == refusal.path)
        #expect(error?.offset == refusal.offset)
        #expect(error?.description.contains("byte \(refusal.offset): ") == true)
    }

    @Test("a length that no input could hold is refused without an attempt to make room for it")
    func hugeLength() {
        let huge: [UInt8] = [0x92, 0x03, 0x0A, 0x0A, 0x08, 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(throws: EventDecodingError.self) { try decoded(huge, like: sample) }
    }

    /// Bytes with their length in front.
    private func message(_ content: [UInt8]) -> [UInt8] {
        precondition(content.count < 1 << 14)
        let count = UInt8(truncatingIfNeeded: content.count & 0x7F)
        return (content.count < 0x80 ? [count] : [count | 0x80, UInt8(content.count >> 7)]) + content
    }
}

/// Random numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
