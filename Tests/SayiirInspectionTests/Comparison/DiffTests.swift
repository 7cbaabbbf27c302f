import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct DiffTests {
    private let charge = Step("charge")

    private func comparison(
        _ left: (inout History) -> Void, _ right: (inout History) -> Void
    ) throws -> (RunComparison, String) {
        func story(_ build: (inout History) -> Void) throws -> Story {
            var history = History()
            history.add("i", 0, .submit("w", "1"))
            build(&history)
            return try #require(StoryBuilder.story(of: history.recorded))
        }
        let comparison = RunComparison(try story(left), try story(right))
        return (comparison, ComparisonText(comparison: comparison, style: Style()).sentence)
    }

    @Test("two runs stand side by side, with the first difference in a sentence")
    func golden() async throws {
        let run = try await Run(onSample: DiffInspection("order-42", "order-44"), style: Style(width: 80))
        #expect(run.status == .clean && run.complaints.isEmpty)
        #expect(
            run.output == """
                A  order-42  completed after 3.41s
                B  order-44  cancelled after 1m05s

                They differ in their inputs, {"order":42,"items":[{"sku":"tea","count":3}]} and
                {"order":44}.

                STEP                          A                 B   B - A  DIFFERENT
                reserve_stock  completed 12.2ms  completed 20.8ms  +8.6ms  output
                charge_card     completed 2.79s   completed 419ms  -2.37s  attempts, output
                ship_parcel     completed 600ms                 -          only in A

                """)
    }

    @Test("what maps, loops and forks differ in is called by what it is")
    func branching() throws {
        func maps(_ count: UInt32) -> (inout History) -> Void {
            { $0.add("i", 1, .mapStarted(.init(step: Step("m"), count: count))) }
        }
        let (map, words) = try comparison(maps(3), maps(1))
        #expect(words == "They differ first at m: it has 3 elements in A and 1 element in B.")
        let lines = ComparisonText(comparison: map, style: Style()).lines
        #expect(lines.last?.hasSuffix("  elements") == true)
        #expect(lines[0] == "A  i  in progress, 1.0ms so far")
        func loops(_ count: UInt32) -> (inout History) -> Void {
            { $0.add("i", 1, .loopFinished(.init(step: Step("l"), iterations: count, reachedLimit: count > 1))) }
        }
        #expect(
            try comparison(loops(1), loops(2)).1
                == "They differ first at l: it took 1 iteration in A and 2 iterations, the most allowed in B.")
    }

    @Test("what differs first is named: presence, status, attempts, branch, output")
    func sentences() throws {
        let charge = charge
        let done: (inout History) -> Void = {
            $0.add("i", 1, .start(charge))
            $0.add("i", 2, .checkpoint(charge, "1"))
        }
        #expect(try comparison(done, done).1 == "They do not differ, but for times.")
        #expect(try comparison(done, done).0.firstDifference == nil)
        #expect(try comparison(done, { _ in }).1 == "They differ first at charge: only A got there.")
        #expect(try comparison({ _ in }, done).1 == "They differ first at charge: only B got there.")
        #expect(
            try comparison(
                done,
                {
                    $0.add("i", 1, .start(charge))
                    $0.add("i", 2, .checkpoint(charge, "2"))
                }
            ).1 == "They differ first at charge: its output is 1 in A and 2 in B.")
        #expect(
            try comparison(
                done,
                {
                    $0.add("i", 1, .start(charge))
                    $0.add("i", 2, .start(charge, 2))
                    $0.add("i", 3, .checkpoint(charge, "1", 2))
                }
            ).1 == "They differ first at charge: it took 1 attempt in A and 2 in B.")
        #expect(
            try comparison(done, { $0.add("i", 1, .start(charge)) }).1
                == "They differ first at charge: it is completed in A and under way in B.")
        func route(_ key: String) -> (inout History) -> Void {
            { $0.add("i", 1, .routed(Event.Routed(step: Step("r"), key: key, isDefault: false))) }
        }
        #expect(
            try comparison(route("x"), route("y")).1 == "They differ first at r: it went to x in A and to y in B.")
    }

    @Test("what only the second run has stands behind the step that it followed there")
    func alignment() throws {
        func run(_ names: String...) -> (inout History) -> Void {
            { for name in names { $0.add("i", 1, .start(Step(NodeID(name)))) } }
        }
        let rows = try comparison(run("a", "b", "d", "a"), run("x", "a", "c", "d", "e")).0.rows
        #expect(rows.map { $0.step.description } == ["x", "a", "c", "b", "d", "e"])
        #expect(rows.map { $0.aspects.map(\.rawValue) }[1] == ["attempts"])
    }

    @Test("every line fits the width, and more room shows more", arguments: [40, 60, 80, 200])
    func width(_ width: Int) async throws {
        let run = try await Run(onSample: DiffInspection("order-42", "order-43"), style: Style(width: width))
        #expect(run.lines.allSatisfy { $0.displayWidth <= width })
        #expect(run.output.contains("DIFFERENT"))
    }

    @Test("as JSON it is one object, and secrets stay hidden")
    func json() async throws {
        let style = Style(isJSON: true)
        let run = try await Run(onSample: DiffInspection("order-42", "order-43"), style: style)
        let shape = try #require(object(run.output))
        #expect(Set(shape.keys) == ["a", "b", "same", "first_difference", "steps"])
        #expect(shape["same"] as? Bool == false)
        #expect((shape["first_difference"] as? [String: Any])?["aspect"] as? String == "input")
        let steps = try #require(shape["steps"] as? [[String: Any]])
        #expect(steps.map { $0["step"] as? String } == ["reserve_stock", "charge_card", "ship_parcel"])
        #expect(steps[1]["different"] as? [String] == ["status", "attempts", "output"])
        let secret = try await Run(onSample: DiffInspection("user-9", "order-43"), style: style)
        #expect(!secret.output.contains("s3cret"))
    }

    @Test("the second run may be in another log; one that is not there is an error")
    func otherLog() async throws {
        let disk = try await sampleDisk()
        var history = History()
        history.add("order-42", 0, .submit("order", "1"))
        try await writeLog(history.events, to: "other", on: disk)
        var diff = DiffInspection("order-42", "order-42")
        #expect(Run(diff, on: disk).output.contains("They do not differ, but for times."))
        diff.otherDirectory = "other"
        #expect(Run(diff, on: disk).output.contains("They differ in their inputs, "))
        diff.second = "order-43"
        #expect(Run(diff, on: disk).complaints.first?.hasPrefix("there is no instance 'order-43' in 'other'.") == true)
    }
}
