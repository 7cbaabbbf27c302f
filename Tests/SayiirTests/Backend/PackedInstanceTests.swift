import SayiirEvents
import SayiirProjection
import SayiirTesting
import Testing

@testable import Sayiir

@Suite struct PackedInstanceTests {
    private func live(_ id: InstanceID, count: Int, rest: PackedInstance.Rest? = nil) throws -> LiveInstance {
        let state = try #require(InstanceState(folding: firstEvents(id, count: count)))
        return LiveInstance(state, firstSequence: 7, rest: rest)
    }

    @Test("an instance comes out as it was packed, and takes little room where there is one like it")
    func roundTrip() throws {
        var samples = StateSamples()
        let first = try live("order-1", count: 6)
        _ = PackedInstance(first, with: &samples)
        for number in 0..<50 {
            let id = InstanceID("order-\(number)")
            let rest = PackedInstance.Rest(due: Timestamp(nanosecondsSinceEpoch: -5), priority: 4)
            let instance = try live(id, count: 6, rest: rest)
            let packed = PackedInstance(instance, with: &samples)
            let unpacked = try #require(packed.unpacked(as: id, with: samples))
            #expect(unpacked.state == instance.state && unpacked.firstSequence == 7 && unpacked.knownRest == rest)
            #expect(packed.rest == rest)
            #expect(packed.revision == 6 && packed.firstSequence == 7 && packed.bytes.count < 80)
            #expect(
                PackedInstance(restoring: packed.bytes[...])?.unpacked(as: id, with: samples)?.state == instance.state)
        }
        #expect(samples.all.count == 1)
    }

    @Test("there are so many samples and no more, and instances without one come out all the same")
    func manyKinds() throws {
        var samples = StateSamples()
        for number in 0..<1100 {
            let events =
                firstEvents("i", count: 1) + [
                    Event(
                        instance: "i", revision: 2, time: Timestamp(nanosecondsSinceEpoch: 1),
                        body: .taskStarted(.init(step: Step(NodeID("t\(number)")), attempt: 1, executor: "e")))
                ]
            let instance = LiveInstance(try #require(InstanceState(folding: events)), firstSequence: 1, rest: nil)
            let packed = PackedInstance(instance, with: &samples)
            #expect(packed.unpacked(as: "i", with: samples)?.state == instance.state)
            #expect((packed.sample == StateSamples.none) == (number >= 1024))
        }
        #expect(samples.all.count == 1024)
    }

    @Test("samples come out of a snapshot's entries as they were, and a number is taken once")
    func storedSamples() throws {
        var samples = StateSamples()
        let packed = PackedInstance(try live("a", count: 6), with: &samples)
        let other = PackedInstance(try live("b", count: 2), with: &samples)
        var restored = StateSamples()
        for (number, sample) in samples.all {
            var bytes: [UInt8] = []
            StateSamples.encode(number, sample, into: &bytes)
            var taken = (0..<6).map { restored.restore(bytes.prefix($0)) }
            taken += [restored.restore(bytes[...]), restored.restore(bytes[...])]
            #expect(taken == [Bool](repeating: false, count: 6) + [true, false])
        }
        #expect(packed.unpacked(as: "a", with: restored)?.state == (try live("a", count: 6)).state)
        #expect(other.unpacked(as: "b", with: restored)?.state == (try live("b", count: 2)).state)
        // The next of a kind goes by the sample that is there.
        #expect(PackedInstance(try live("c", count: 6), with: &restored).sample == packed.sample)
        #expect(restored.all.count == 2)
    }

    @Test("any bytes at all are an instance or none, and never anybody else's")
    func damage() throws {
        var samples = StateSamples()
        let packed = PackedInstance(try live("order-1", count: 6), with: &samples)
        #expect(PackedInstance(restoring: packed.bytes.prefix(32)) == nil)
        #expect(packed.unpacked(as: "order-2", with: samples) == nil)
        #expect(packed.unpacked(as: "order-1", with: StateSamples()) == nil)
        var generator = SplitMix64(seed: 3)
        var unreadable = 0
        for _ in 0..<5000 {
            var bytes = packed.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let damaged = PackedInstance(restoring: bytes[...]) else { continue }
            if let instance = damaged.unpacked(as: "order-1", with: samples) {
                #expect(instance.state.id == "order-1")
            } else {
                unreadable += 1
            }
        }
        #expect(unreadable > 1000)
    }
}
