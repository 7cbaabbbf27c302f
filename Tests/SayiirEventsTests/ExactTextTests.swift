import SayiirEvents
import SayiirText
import Testing

/// The same text in two normal forms. Swift's `String` calls them equal; everything that is stored does not.
private let composed = "caf\u{E9}"
private let decomposed = "cafe\u{301}"

@Suite("Text that is compared byte for byte")
struct ExactTextTests {
    /// Pairs that `String` calls equal and whose bytes differ; of the last two even the numbers of bytes are equal.
    static let equivalents = [
        (composed, decomposed), ("\u{212A}", "K"), ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{340}a", "\u{300}a"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"),
        (String(repeating: "x", count: 40) + composed, String(repeating: "x", count: 40) + decomposed),
    ]

    @Test(
        "Canonically equivalent identifiers are two: they differ, hash apart, have an order and are two keys",
        arguments: equivalents)
    func differ(_ left: String, _ right: String) {
        #expect(left == right)
        #expect(InstanceID(left) != InstanceID(right))
        #expect(NodeID(left) != NodeID(right))
        #expect(Step(NodeID(left), indices: [1]) != Step(NodeID(right), indices: [1]))
        #expect(ExactText(left) != ExactText(right))
        #expect((InstanceID(left) < InstanceID(right)) != (InstanceID(right) < InstanceID(left)))
        #expect((NodeID(left) < NodeID(right)) == left.utf8.lexicographicallyPrecedes(right.utf8))
        #expect(Set([InstanceID(left), InstanceID(right)]).count == 2)
        #expect([NodeID(left): 1, NodeID(right): 2].count == 2)
    }

    @Test("Texts with the same bytes are equal and hash alike, however they were made and whatever their length")
    func equalTexts() {
        let alphabet = ["a", "z", "\u{E9}", "\u{301}", "\u{0}", "/", "\u{1F642}"]
        for length in 0...70 {
            let text = (0..<length).map { alphabet[($0 * 7 + length) % alphabet.count] }.joined()
            // Of another storage: one that has room for more, and one that is a part of a longer text.
            var grown = ""
            grown.reserveCapacity(4096)
            grown += text
            let part = String(("x" + text + "y").utf8.dropFirst().dropLast()) ?? ""
            for other in [grown, part, String(decoding: Array(text.utf8), as: UTF8.self)] {
                #expect(ExactText(text) == ExactText(other))
                #expect(InstanceID(text).hashValue == InstanceID(other).hashValue)
                #expect(ExactText(text) != ExactText(other + "a"))
                #expect(ExactText("a" + text) != ExactText(other))
            }
        }
    }

    @Test("Texts that differ in one byte at any place differ")
    func oneByte() {
        for length in 1...40 {
            let text = String(repeating: "a", count: length)
            for place in 0..<length {
                var bytes = Array(text.utf8)
                bytes[place] = UInt8(ascii: "b")
                #expect(InstanceID(text) != InstanceID(String(decoding: bytes, as: UTF8.self)))
            }
        }
    }

    @Test("The order of texts is that of their bytes")
    func order() {
        let texts = ["", "a", "a\u{0}", "ab", "b", "e\u{301}", "f", "\u{E9}", "\u{FFFD}", "\u{1F642}"]
        #expect(
            texts.shuffled().map { ExactText($0) }.sorted().map(\.rawValue).elementsEqual(texts) { $0.isExactly($1) })
    }

    @Test("A part of a text is found by its bytes")
    func parts() {
        #expect("caf\u{E9} x".containsExactly("\u{E9}"))
        #expect(!"cafe\u{301}".containsExactly("\u{E9}"))
        #expect("cafe\u{301}".containsExactly("e"))
        #expect(
            "".containsExactly("") && "a".containsExactly("") && !"".containsExactly("a") && !"a".containsExactly("ab"))
    }
}
