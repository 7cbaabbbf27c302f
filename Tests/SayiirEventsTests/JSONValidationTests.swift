import Testing

@testable import SayiirEvents

@Suite("Validation of JSON")
struct JSONValidationTests {
    @Test(
        "what the grammar allows is valid",
        arguments: [
            "0", "-0", "10", "-1.5", "1e5", "1E+5", "1.25e-10", "true", "false", "null", #""""#, #""a""#,
            "[]", "{}",
            "[[],{}]", "[1,2]", #"{"a":1,"b":[true,null]}"#, " \t\r\n[ 1 , 2 ] \n", #"{ "a" : { } }"#,
            #""\"\\\/\b\f\n\r\t\u00e9""#, #""\ud83d\ude00""#, "\"é😀\u{7F}\"", #"{"a":1,"a":2}"#,
            #"[{"a":[{"b":[]}]}]"#,
        ])
    func valid(text: String) {
        #expect(isValidJSON(Array(text.utf8)))
    }

    @Test(
        "what the grammar does not allow is not",
        arguments: [
            "", " ", "01", "-", "1.", ".5", "+1", "1e", "1e+", "0x1", "NaN", "Infinity", "tru", "truex",
            "nul", "'a'",
            "\"", "\"a", #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83d""#, #""\ude00""#, #""\ud83dx""#,
            #""\ud83d\u0041""#, "\"\n\"", "\"\u{0}\"", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "}",
            "{\"a\"}",
            "{\"a\":}", "{\"a\":1,}", "{,}", "{1:2}", "{a:1}", "[}", "{\"a\":1]", "1 2", "[]]", "{}{}",
            "// c\n1",
            "[1}", "\u{FEFF}1",
        ])
    func invalid(text: String) {
        #expect(!isValidJSON(Array(text.utf8)))
    }

    @Test("text that is not UTF-8 is not JSON")
    func invalidUTF8() {
        #expect(!isValidJSON([0x22, 0xFF, 0x22]))
        #expect(!isValidJSON([0x22, 0xC0, 0x80, 0x22]))
        #expect(!isValidJSON([0xEF, 0xBB, 0xBF, 0x31]))
    }

    @Test("nesting is followed 512 levels deep and no deeper")
    func depth() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(String(repeating: "[", count: depth).utf8)
                + Array(String(repeating: "]", count: depth).utf8)
        }
        #expect(isValidJSON(nested(512)))
        #expect(!isValidJSON(nested(512 + 1)))
        #expect(isValidJSON(nested(500), within: 12))
        #expect(!isValidJSON(nested(501), within: 12))
        #expect(!isValidJSON(Array(repeating: UInt8(ascii: "["), count: 1_000_000)))
    }

    @Test("the JSON of an event is never nested deeper than readers follow, whatever its payload", arguments: 500...520)
    func depthOfEvent(depth: Int) {
        let content = String(repeating: #"{"a":"#, count: depth - 1) + "[]" + String(repeating: "}", count: depth - 1)
        let event = Event(
            instance: "i", revision: 1, time: Sample.time,
            body: .signalReceived(.init(signal: "s", payload: Payload(codec: "json", bytes: Array(content.utf8)))))
        #expect(isValidJSON(Array(event.json().utf8)))
        #expect(event.json().contains(content) == (depth < 512))
    }
}
