import SayiirEvents
import Testing

@Suite struct TraceContextTests {
    private let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func kept(_ fields: [String: String]) -> [String: String] {
        Dictionary((TraceContext(fields)?.fields ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test("A trace context keeps its fields in the order of their names, whatever order they came in")
    func order() {
        let context = TraceContext(["tracestate": "a=1", "b3": "x", "traceparent": parent])
        #expect(context?.fields.map(\.name) == ["b3", "traceparent", "tracestate"])
        #expect(context?.usableFields == ["b3": "x", "traceparent": parent, "tracestate": "a=1"])
    }

    @Test(
        "A traceparent that does not follow W3C Trace Context is dropped, and its tracestate with it",
        arguments: [
            "", "00", "garbage", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n", "00-é-b-1", "---", "----",
        ])
    func malformedParent(parent: String) {
        #expect(TraceContext(["traceparent": parent, "tracestate": "a=1"]) == nil)
        #expect(kept(["traceparent": parent, "tracestate": "a=1", "b3": "0"]) == ["b3": "0"])
        let stored = TraceContext(recorded: [TraceContext.Field(name: "traceparent", value: parent)])
        #expect(stored.usableFields.isEmpty)
    }

    @Test("A traceparent of a later version may have more parts")
    func laterVersion() {
        #expect(kept(["traceparent": "01" + parent.dropFirst(2) + "-more"]).count == 1)
        #expect(kept(["traceparent": parent]).count == 1)
    }

    @Test("Fields that are too long, empty or not printable are dropped, and the others stay")
    func bounds() {
        let long = String(repeating: "x", count: 513)
        let fields = [
            "traceparent": parent, "tracestate": long, "empty": "", "": "empty", "line": "a\r\nb: c", "zero": "\0",
            "accents": "é", "naïve": "x", "a:b": "x", "a b": "x", String(repeating: "n", count: 65): "x",
            "good": String(repeating: "x", count: 512), String(repeating: "n", count: 64): "x",
        ]
        #expect(kept(fields).keys.sorted() == ["good", String(repeating: "n", count: 64), "traceparent"])
    }

    @Test("Of many fields eight are kept, and traceparent and tracestate are among them")
    func count() {
        var fields = Dictionary(uniqueKeysWithValues: (10..<60).map { ("a\($0)", "x") })
        #expect(kept(fields).keys.sorted() == (10..<18).map { "a\($0)" })
        fields["traceparent"] = parent
        fields["tracestate"] = "a=1"
        #expect(kept(fields).keys.sorted() == (10..<16).map { "a\($0)" } + ["traceparent", "tracestate"])
        #expect(TraceContext([:]) == nil)
    }
}
