import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct DefinitionTests {
    @Test("a definition's text is read with all that its nodes hold")
    func nested() throws {
        let text =
            "T:a:t:30000:r:3:1000:2:v:2;F:b||c[T:b;D:d:500;,right=>T:c;,]J:T:sum:once;"
            + "B:r{x=>T:x;,}_=>M:m{T:e;};;L:l:5:fail{CW:child{S:s:go:t:1000:f;};};"
        let definition = try #require(Definition(text))
        #expect(definition.nodes.map(\.id.rawValue) == ["a", "b||c", "sum", "r", "l"])
        #expect(definition.nodes.map(\.kind) == [.task, .fork, .task, .route, .loop])
        #expect(definition.nodes[0].detail == "time-out 30.00s, 3 retries, version 2")
        #expect(definition.nodes[1].bodies.map(\.label) == ["", "right"])
        #expect(definition.nodes[1].bodies[0].nodes.map(\.detail) == ["", "500ms"])
        #expect(definition.nodes[2].detail == "at most once")
        #expect(definition.nodes[3].bodies.map(\.label) == ["x", "default"])
        #expect(definition.nodes[3].bodies.map(\.isDefault) == [false, true])
        let child = definition.nodes[4].bodies[0].nodes[0]
        #expect(definition.nodes[4].detail == "at most 5 times")
        #expect(child.id == "child" && child.bodies[0].nodes[0].id == "child/s")
        #expect(child.bodies[0].nodes[0].detail == "'go', time-out 1.00s, then its fallback")
    }

    @Test("an outline tells how deep each node stands, and what may become of it")
    func outline() throws {
        let text =
            "T:a:t:30000:r:3:1000:2:v:2;F:b||c[T:b;D:d:500;,right=>T:c;,]J:T:sum:once;"
            + "B:r{x=>T:x;,}_=>M:m{T:e:v:once;};;L:l:5:fail{CW:child{S:s:f:t:1000:f;S:f:f;};};"
        let outline = Outline(try #require(Definition(text)))
        let depths = [
            "a": 0, "b||c": 0, "d": 1, "c": 1, "sum": 0, "r::key_fn": 0, "x": 1, "e": 2, "child": 1, "child/s": 2,
        ]
        for (name, depth) in depths { #expect(outline.depth(of: NodeID(name)) == depth, "\(name)") }
        for name in ["z", "z::key_fn", "a/b"] { #expect(outline.depth(of: NodeID(name)) == nil, "\(name)") }
        #expect(outline.terms(of: "a") == Outline.Terms(maxRetries: 3))
        #expect(outline.terms(of: "sum") == Outline.Terms(isAtMostOnce: true))
        // A version and a signal may be called as an option is.
        #expect(outline.terms(of: "e") == Outline.Terms())
        #expect(outline.terms(of: "child/s") == Outline.Terms(hasFallback: true))
        #expect(outline.terms(of: "child/f") == Outline.Terms())
        #expect(outline.terms(of: "z") == nil)
    }

    @Test("names with characters that have a meaning are read as they were given")
    func escapes() throws {
        let definition = try #require(Definition(#"T:a\:b\;\{\[\\;F:x\|\|y||z[F:x||y[T:x;,T:y;,],T:z;,]J:T:end;"#))
        #expect(definition.nodes.map(\.id.rawValue) == [#"a:b;{[\"#, "x||y||z", "end"])
        #expect(try #require(Definition("F:only[T:only;,]")).nodes[0].id == "only||")
    }

    @Test("a text that is no definition is refused, and none traps")
    func wrong() {
        for text in [
            "", "T", "T:a", "T:a;x", "Q:a;", "F:a[T:a;]", "B:r{x=>T:x;", "B:r{x=>T:x;,_=>T:y;};", "L:l{T:a;}", #"T:a\"#,
            "T:a;,", "M:m{T:a;};}",
            String(repeating: "M:m{", count: 5000),
        ] { #expect(Definition(text) == nil, "\(text.prefix(20))") }
        var generator = SplitMix64(seed: 4)
        let alphabet = Array(#"TDSFBLMCWJabc:;,{}[]=>|\ "#)
        for _ in 0..<3000 {
            let length = Int.random(in: 0..<40, using: &generator)
            let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
            if let definition = Definition(text) { #expect(!FlowChart(definition, nil).boxes.isEmpty) }
        }
    }
}
