import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct GraphExportTests {
    private func export(
        _ format: ExportInspection.Format, _ change: (inout ExportInspection) -> Void
    ) async throws -> Run {
        var export = ExportInspection(format, try EventFilter())
        change(&export)
        return Run(export, on: try await DefinitionSample.disk())
    }

    @Test("a run's way through its graph is marked in Mermaid, and names stand as they are")
    func mermaid() async throws {
        let run = try await export(.mermaid) { $0.instances = ["waits"] }
        #expect(run.complaints.isEmpty)
        #expect(
            run.output == #"""
                flowchart TD
                  n0(["start"])
                  n1["say #34;hi#34; #91;#60;b#62;#93;<br/>time#45;out 30#46;00s, 2 retries"]
                  n2[["fork"]]
                  n3["a"]
                  n4["b"]
                  n5["c"]
                  n6["sum"]
                  n7{"route branch_0"}
                  n8["halve"]
                  n9["add_one"]
                  n10["unpack"]
                  n12["list"]
                  n14["total"]
                  n16{{"delay rest<br/>1h00m"}}
                  n17(["end"])
                  subgraph g0["loop until_small, at most 10 times"]
                    n11["shrink<br/>ran 10 times"]
                  end
                  subgraph g1["map each"]
                    n13["square<br/>ran 2 times"]
                  end
                  subgraph g2["child child_0"]
                    n15["child_0#47;wrap"]
                  end
                  n0 ==> n1
                  n1 ==> n2
                  n2 ==>|"left"| n3
                  n3 ==> n4
                  n2 ==>|"right"| n5
                  n4 ==> n6
                  n5 ==> n6
                  n6 ==> n7
                  n7 -->|"even"| n8
                  n7 ==>|"odd"| n9
                  n8 --> n10
                  n9 ==> n10
                  n10 ==> n11
                  n11 -.->|"again"| n11
                  n11 ==> n12
                  n12 ==> n13
                  n13 ==> n14
                  n14 ==> n15
                  n15 ==> n16
                  n16 --> n17
                  classDef completed fill:#e6f4ea,stroke:#1e7e34,color:#12401d
                  class n0,n1,n2,n3,n4,n5,n6,n7,n9,n10,n11,n12,n13,n14,n15,g0,g1,g2 completed
                  classDef running fill:#e8f0fe,stroke:#1a56c4,color:#0f2f6b
                  class n16 running
                  classDef not_taken fill:#f6f7f8,stroke:#9aa0a6,color:#5f6368,stroke-dasharray:4 3
                  class n8,n17 not_taken

                """#)
    }

    @Test("a workflow's graph is written in DOT")
    func dot() async throws {
        let run = try await export(.dot) { $0.workflow = "everything" }
        #expect(
            run.output == #"""
                digraph "everything" {
                  graph [fontname="Helvetica", compound=true]
                  node [fontname="Helvetica", shape=box, style="rounded,filled", fillcolor="#ffffff"]
                  edge [fontname="Helvetica", fontsize=11]
                  n0 [label="start", shape=oval]
                  n1 [label="say \"hi\" [<b>]\ntime-out 30.00s, 2 retries"]
                  n2 [label="fork", shape=box, style=filled, peripheries=2]
                  n3 [label="a"]
                  n4 [label="b"]
                  n5 [label="c"]
                  n6 [label="sum"]
                  n7 [label="route branch_0", shape=diamond, style=filled]
                  n8 [label="halve"]
                  n9 [label="add_one"]
                  n10 [label="unpack"]
                  n12 [label="list"]
                  n14 [label="total"]
                  n16 [label="delay rest\n1h00m", shape=hexagon, style=filled]
                  n17 [label="end", shape=oval]
                  subgraph cluster_0 {
                    label="loop until_small\nat most 10 times"; style="rounded"
                    n11 [label="shrink"]
                  }
                  subgraph cluster_1 {
                    label="map each"; style="rounded"
                    n13 [label="square"]
                  }
                  subgraph cluster_2 {
                    label="child child_0"; style="rounded"
                    n15 [label="child_0/wrap"]
                  }
                  n0 -> n1
                  n1 -> n2
                  n2 -> n3 [label="left"]
                  n3 -> n4
                  n2 -> n5 [label="right"]
                  n4 -> n6
                  n5 -> n6
                  n6 -> n7
                  n7 -> n8 [label="even"]
                  n7 -> n9 [label="odd"]
                  n8 -> n10
                  n9 -> n10
                  n10 -> n11
                  n11 -> n11 [label="again", style=dashed, constraint=false]
                  n11 -> n12
                  n12 -> n13
                  n13 -> n14
                  n14 -> n15
                  n15 -> n16
                  n16 -> n17
                }

                """#)
    }

    @Test("no name can leave its quotation marks, in either language")
    func escapes() {
        let evil = "a\"];\n\\ end `x` <b>&amp; 1. --> #quot; {|}"
        #expect(
            MermaidText.escaped(safe(evil)).allSatisfy { $0.isLetter || $0.isNumber || " _,#;".contains($0) })
        #expect(!MermaidText.escaped(safe(evil)).contains("\""))
        #expect(MermaidText.escaped("grün_1, 2") == "grün_1, 2")
        #expect(MermaidText.escaped("a\"b") == "a#34;b")
        #expect(DotText.escaped(#"a"b\c&d"#) == #"a\"b\\c&amp;d"#)
        #expect(DotText.escaped(safe("a\nb")) == #"a\\nb"#)
    }

    @Test("a definition is found by the beginning of its hash; what is not there is an error that says what is")
    func errors() async throws {
        let all = try await export(.dot) { $0.definition = "" }
        #expect(all.status == .clean)
        let none = try await export(.dot) { $0.definition = "zz" }
        #expect(none.status == .failure)
        #expect(none.complaints.first?.hasPrefix("0 definitions in the log begin with 'zz'. There are ") == true)
        let workflow = try await export(.dot) { $0.workflow = "nothing" }
        #expect(
            workflow.complaints == [
                "no instance of a workflow 'nothing' was submitted. The command 'list' shows what was."
            ])
        let two = try await export(.mermaid) { $0.instances = ["waits", "fails"] }
        #expect(two.complaints == ["a graph is of one thing: give one --instance, or --workflow, or --definition."])
        var old = ExportInspection(.mermaid, try EventFilter())
        old.instances = ["order-42"]
        let without = try await Run(onSample: old)
        #expect(without.complaints.first?.hasPrefix("the log does not hold the definition 3f464d545b62 of") == true)
    }

    @Test("what is said of a box is broken at its commas where it is long, and nothing of it is lost")
    func longDetails() throws {
        let definition = try #require(
            Definition("S:s:decision:t:3600000:f;T:a:t:30000:r:3:1000:2:v:2:once;T:b:r:1:1:1;"))
        let chart = FlowChart(definition, nil)
        #expect(
            chart.boxes.map(\.lines) == [
                ["start"], ["signal s", "'decision', time-out 1h00m", "then its fallback"],
                ["a", "time-out 30.00s, 3 retries", "version 2, at most once"], ["b", "1 retry"], ["end"],
            ])
    }
}
