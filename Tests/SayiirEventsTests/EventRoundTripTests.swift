import SayiirEvents
import Testing

@Suite("The binary form")
struct EventRoundTripTests {
    @Test("the samples have every kind of event")
    func samplesAreComplete() {
        let sampled = Set(Sample.all.compactMap(\.event.body.kind))
        #expect(Set(Event.Kind.allCases).subtracting(sampled).isEmpty)
    }

    @Test("every event decodes to itself", arguments: Sample.all)
    func roundTrip(sample: Sample) throws {
        let bytes = encoded(sample.event)
        #expect(!bytes.isEmpty)
        #expect(try decoded(bytes, like: sample.event) == sample.event)
    }

    @Test("encoding appends to what is there")
    func appends() {
        let event = Sample.all[0].event
        var output: [UInt8] = [1, 2, 3]
        event.encode(into: &output)
        event.encode(into: &output)
        #expect(output == [1, 2, 3] + encoded(event) + encoded(event))
    }

    @Test("a slice decodes as the array it shows")
    func slice() throws {
        let event = Sample.all[0].event
        let padded = [0xFF, 0xFF] + encoded(event) + [0xFF]
        let content = padded[2..<padded.count - 1]
        #expect(try Event(decoding: content, instance: event.instance, time: event.time) == event)
    }

    @Test(
        "an event of an unknown kind is kept, and encodes to the same bytes",
        arguments: [0, 1, 127, 128, 5000])
    func unknownKind(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let event = Event(
            instance: "i", revision: 3, time: Sample.time, actor: "a",
            body: .unknown(.init(kind: 536_870_911, bytes: content)))
        let bytes = encoded(event)
        let again = try decoded(bytes, like: event)
        #expect(again == event)
        #expect(encoded(again) == bytes)
        #expect(again.body.kind == nil)
        #expect(again.body.kindName == "unknown_536870911")
    }

    @Test(
        "content of every length around the limits of a length's size round-trips",
        arguments: [90...140, 16_300...16_420])
    func lengths(range: ClosedRange<Int>) throws {
        for count in range {
            let event = Event(
                instance: "i", revision: 1, time: Sample.time,
                body: .signalReceived(
                    .init(
                        signal: "s", payload: Payload(codec: "raw", bytes: Array(repeating: 7, count: count)))
                ))
            #expect(try decoded(encoded(event), like: event) == event)
        }
    }

    @Test("a duration keeps its whole nanoseconds and no more")
    func durationPrecision() throws {
        let limit = Duration(secondsComponent: 1, attosecondsComponent: 1_999_999_999)
        let event = Event(
            instance: "i", revision: 1, time: Sample.time,
            body: .taskTimedOut(.init(step: Step("a"), attempt: 1, limit: limit)))
        guard case .taskTimedOut(let body) = try decoded(encoded(event), like: event).body else {
            Issue.record("another kind")
            return
        }
        #expect(body.limit == .nanoseconds(1_000_000_001))
    }
}

func encoded(_ event: Event) -> [UInt8] {
    var output: [UInt8] = []
    event.encode(into: &output)
    return output
}

func decoded(_ bytes: [UInt8], like event: Event) throws(EventDecodingError) -> Event {
    try Event(decoding: bytes, instance: event.instance, time: event.time)
}
