import Foundation
import Testing

@testable import SayiirEvents

@Suite("The JSON form")
struct EventJSONTests {
    @Test("every event is one line of valid JSON", arguments: Sample.all)
    func valid(sample: Sample) throws {
        let text = RecordedEvent(sequence: 9, event: sample.event).json(revealingSensitive: true)
        #expect(!text.contains("\n"))
        #expect(isValidJSON(Array(text.utf8)))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["sequence"] as? Int == 9)
        #expect(object["instance"] as? String == sample.event.instance.rawValue)
        #expect(object["type"] as? String == sample.event.body.kindName)
    }

    @Test("members stand in a fixed order, with the event's own last")
    func order() {
        let event = Event(
            instance: "order-42", revision: 7, time: Sample.time, actor: "ann", reason: "asked",
            body: .retryScheduled(
                .init(
                    step: Step("charge", indices: [3, 0]), nextAttempt: 2, wakeAt: Sample.time + .seconds(1)))
        )
        #expect(
            RecordedEvent(sequence: 12, event: event).json() == """
                {"sequence":12,"instance":"order-42","revision":7,"time":"2026-03-01T12:34:56.789Z",\
                "type":"retry_scheduled","actor":"ann","reason":"asked","step":"charge#3.0","next_attempt":2,\
                "wake_at":"2026-03-01T12:34:57.789Z"}
                """)
    }

    @Test("optional members without a value are left out, blank ones are not")
    func optionals() {
        #expect(members(.signalAwaited(.init(step: Step("a"), signal: ""))) == #""step":"a","signal":"""#)
        #expect(
            members(.mapStarted(.init(step: Step("a"), count: 0))) == #""step":"a","count":0"#)
        #expect(members(.completed(.init())) == "")
    }

    @Test("values have their forms")
    func values() {
        #expect(
            members(.taskTimedOut(.init(step: Step("a"), attempt: 1, limit: .milliseconds(-1500))))
                == #""step":"a","attempt":1,"limit_seconds":-1.5,"stalled":false"#)
        #expect(
            members(.definitionChanged(.init(from: .init(bytes: [0x0A, 0xFF]), to: .init(bytes: []))))
                == #""from":"0aff","to":"""#)
        #expect(
            members(.loopIterated(.init(step: Step("a"), iteration: 1, decision: .unknown(7))))
                == #""step":"a","iteration":1,"decision":"unknown_7""#)
        #expect(
            members(.doubtResolved(.init(step: Step("a"), attempt: 1, resolution: .rerun)))
                == #""step":"a","attempt":1,"rerun":true"#)
        #expect(
            members(.failed(.init(failure: Failure(type: "T", message: "m"))))
                == #""failure":{"type":"T","message":"m"}"#)
        #expect(
            members(.forked(.init(step: Step("a"), branches: ["b", "c"])))
                == #""step":"a","branches":["b","c"]"#)
        #expect(members(.unknown(.init(kind: 99, bytes: [1, 171]))) == #""content":"01ab""#)
    }

    @Test(
        "a JSON payload keeps its text, on one line",
        arguments: [
            ("1.10", "1.10"), (#"{"b":1,"a":[1e2, -0]}"#, #"{"b":1,"a":[1e2, -0]}"#),
            (#""\u00e9""#, #""\u00e9""#),
            ("{\n\t\"a\": 1\r\n}", "{\"a\": 1}"), ("\"\u{9B}2J\u{202E}é\"", #""\u009b2J\u202eé""#),
        ])
    func jsonPayload(content: String, shown: String) {
        #expect(payload(Payload(codec: "json", bytes: Array(content.utf8))) == shown)
    }

    @Test("a payload that is not JSON is shown in Base64")
    func otherPayload() {
        #expect(payload(Payload(codec: "raw", bytes: Array("1".utf8))) == #"{"codec":"raw","base64":"MQ=="}"#)
        #expect(
            payload(Payload(codec: "json", bytes: Array("{".utf8))) == #"{"codec":"json","base64":"ew=="}"#)
        #expect(payload(Payload(codec: "json", bytes: [])) == #"{"codec":"json","base64":""}"#)
    }

    @Test("a sensitive payload shows only when asked for")
    func sensitivePayload() {
        let secret = Payload(codec: "json", bytes: Array("42".utf8), isSensitive: true)
        #expect(payload(secret) == #"{"codec":"json","size":2,"sensitive":true}"#)
        #expect(payload(secret, revealing: true) == "42")
        var writer = JSONWriter(digest: { "of \($0.count)" })
        writer.payload(secret)
        #expect(writer.text == #"{"codec":"json","size":2,"sensitive":true,"sha256":"of 2"}"#)
    }

    @Test("Base64 is the same as Foundation's", arguments: 0..<20)
    func base64Agrees(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
        #expect(base64(bytes) == Data(bytes).base64EncodedString())
    }

    @Test("text reads back as it was, and holds no control characters")
    func escaping() throws {
        for scalar in (UInt32(0)..<0x3000).compactMap(Unicode.Scalar.init) {
            let text = "a\(scalar)b"
            var writer = JSONWriter()
            writer.string(text)
            let json = writer.text
            let read = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
            let isClean = json.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
                    && !($0.properties.isBidiControl && $0.value >= 0x2000)
            }
            if read as? String != text || !isClean { Issue.record("U+\(String(scalar.value, radix: 16))") }
        }
    }

    private func members(_ body: Event.Body) -> String {
        let start = #"{"instance":"i","revision":1,"time":"1970-01-01T00:00:00Z","type":"\#(body.kindName)""#
        let event = Event(instance: "i", revision: 1, time: Timestamp(nanosecondsSinceEpoch: 0), body: body)
        let json = event.json()
        #expect(json.hasPrefix(start) && json.hasSuffix("}"))
        return String(json.dropFirst(start.count).dropLast().drop { $0 == "," })
    }

    private func payload(_ payload: Payload, revealing: Bool = false) -> String {
        var writer = JSONWriter(revealingSensitive: revealing)
        writer.payload(payload)
        return writer.text
    }
}
