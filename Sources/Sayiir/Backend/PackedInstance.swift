import SayiirEvents
import SayiirLog
import SayiirProjection

/// An instance that nobody has to do with, in as few bytes as it takes: most of what waits, waits for long.
///
/// The bytes are the payload of a snapshot's entry, so that opening a log need not look into them, and a snapshot copies them:
///
/// | offset | bytes | |
/// |---:|---:|---|
/// | 0 | 8 | the sequence with which the current run began |
/// | 8 | 8 | the revision of the last event that is in the state |
/// | 16 | 8 | when it is to be looked at, if its rest is known and has an end |
/// | 24 | 1 | bits 0 to 2: the priority of its rest, 0 if that is not known; bit 3: whether the rest has an end |
/// | 25 | 1 | zero |
/// | 26 | 2 | the number of the sample that the state is compressed with, 0 for none |
/// | 28 | 4 | the length of the state's encoding |
/// | 32 | | the encoding, compressed; as it is if it has that length |
struct PackedInstance: Sendable {
    /// What an instance waits for.
    struct Rest: Hashable, Sendable {
        /// When it is to be looked at again; `nil` if only something from outside can move it.
        var due: Timestamp?
        /// How urgent it is then.
        var priority: Int
    }

    /// The payload of a snapshot's entry.
    let bytes: [UInt8]

    private static let headerBytes = 32
    private static let endFlag: UInt8 = 1 << 3

    /// Takes the payload of a snapshot's entry; `nil` if it is too short for one.
    init?(restoring payload: ArraySlice<UInt8>) {
        guard payload.count > Self.headerBytes else { return nil }
        bytes = Array(payload)
    }

    /// Packs an instance; one of a kind that was not met before becomes the sample of its kind.
    init(_ live: LiveInstance, with samples: inout StateSamples) {
        var content: [UInt8] = []
        live.state.encode(into: &content)
        let sample = samples.number(for: live.state, encodedAs: content)
        self.init(live, content, sample: sample, samples[sample] ?? [])
    }

    private init(_ live: LiveInstance, _ content: [UInt8], sample: UInt16, _ sampleBytes: [UInt8]) {
        var header: [UInt8] = []
        header.reserveCapacity(Self.headerBytes)
        let rest = live.knownRest
        header.appendLittleEndianNumber(live.firstSequence)
        header.appendLittleEndianNumber(live.revision)
        header.appendLittleEndianNumber(UInt64(bitPattern: rest?.due?.nanosecondsSinceEpoch ?? 0))
        let priority = rest.map { UInt8(clamping: min(max($0.priority, 1), 7)) } ?? 0
        header.append(priority | (rest?.due == nil ? 0 : Self.endFlag))
        header.append(0)
        header.appendLittleEndianNumber(UInt64(sample), byteCount: 2)
        header.appendLittleEndianNumber(UInt64(content.count), byteCount: 4)
        bytes = SampleCompression.withCompressed(content, like: sampleBytes) { compressed in
            content.withUnsafeBufferPointer { content in
                let stored = compressed ?? content
                // In memory of just that size.
                return [UInt8](unsafeUninitializedCapacity: header.count + stored.count) { output, count in
                    count = output.update(fromContentsOf: header)
                    count = output[count...].update(fromContentsOf: stored)
                }
            }
        }
    }

    /// The sequence with which the current run began.
    var firstSequence: UInt64 { number(at: 0) }
    /// The revision of the last event that is in the state.
    var revision: UInt64 { number(at: 8) }
    /// The sample that it is compressed with.
    var sample: UInt16 { number(at: 26) }

    /// What it waits for; `nil` if nobody knows, so that somebody has to look.
    var rest: Rest? {
        let flags: UInt8 = number(at: 24)
        guard flags & 7 != 0 else { return nil }
        let due = Timestamp(nanosecondsSinceEpoch: Int64(bitPattern: number(at: 16)))
        return Rest(due: flags & Self.endFlag == 0 ? nil : due, priority: Int(flags & 7))
    }

    /// The instance; `nil` if the bytes do not hold it.
    func unpacked(as id: InstanceID, with samples: StateSamples) -> LiveInstance? {
        let stored = bytes[Self.headerBytes...]
        let count = Int(number(at: 28) as UInt32)
        let content: ArraySlice<UInt8>
        if stored.count == count {
            content = stored
        } else {
            guard let sample = samples[sample],
                let unpacked = SampleCompression.decompress(stored, like: sample, byteCount: count)
            else { return nil }
            content = unpacked[...]
        }
        guard let state = try? InstanceState(decoding: content), state.id == id, state.revision == revision else {
            return nil
        }
        return LiveInstance(state, firstSequence: firstSequence, rest: rest)
    }

    private func number<Number: FixedWidthInteger>(at offset: Int) -> Number {
        bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }
}
