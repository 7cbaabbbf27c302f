import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct TraceTests {
    private func trace(_ instances: String..., style: Style = Style()) async throws -> String {
        var export = ExportInspection(.chromeTrace, try EventFilter())
        export.instances = instances
        let run = try await Run(onSample: export, style: style)
        #expect(run.status == .clean && run.complaints.isEmpty)
        return run.output
    }

    @Test("an instance is a process, with slices in microseconds for steps, attempts and waits")
    func golden() async throws {
        #expect(
            try await trace("order-43") == #"""
                {"displayTimeUnit":"ms","otherData":{"origin":"2026-03-01T12:00:00.020Z"},"traceEvents":[
                {"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"order-43 (order, failed)"}}
                ,{"name":"thread_name","ph":"M","pid":1,"tid":0,"args":{"name":"signals and requests"}}
                ,{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"track 1"}}
                ,{"name":"failed: PaymentDeclined: card expired\\u001b[31m","ph":"i","pid":1,"tid":0,"cat":"end","ts":240000,"s":"p","args":{}}
                ,{"name":"charge_card","ph":"X","pid":1,"tid":1,"cat":"step","ts":300,"dur":239700,"args":{"kind":"task","status":"failed","executor":"worker-1"}}
                ,{"name":"attempt 1: timed out","ph":"X","pid":1,"tid":1,"cat":"attempt","ts":300,"dur":59700,"args":{"status":"timed_out","executor":"worker-1","detail":"limit 50ms"}}
                ,{"name":"waiting to retry","ph":"X","pid":1,"tid":1,"cat":"retry","ts":60000,"dur":101000,"args":{"not_before":"2026-03-01T12:00:00.180Z"}}
                ,{"name":"attempt 2: failed","ph":"X","pid":1,"tid":1,"cat":"attempt","ts":161000,"dur":79000,"args":{"status":"failed","executor":"worker-1","detail":"PaymentDeclined: card expired\\u001b[31m"}}
                ]}

                """#)
    }

    @Test("the whole log is one JSON object, with an instance a process and secrets hidden")
    func all() async throws {
        let text = try await trace()
        let events = try #require(object(text)?["traceEvents"] as? [[String: Any]])
        let names = events.filter { $0["name"] as? String == "process_name" }
            .compactMap { ($0["args"] as? [String: String])?["name"] }
        #expect(
            Set(names) == [
                "order-42 (order, completed)", "order-43 (order, failed)", "order-44 (order, cancelled)",
                "report-7 (report, in progress)", "user-9 (onboarding, awaiting signal)",
                "reminder-1 (reminder, waiting)",
            ])
        #expect(Set(events.compactMap { $0["pid"] as? Int }) == Set(1...6))
        #expect(Set(events.compactMap { $0["ph"] as? String }) == ["M", "X", "i"])
        #expect(events.allSatisfy { ($0["ts"] as? Double ?? 0) >= 0 && ($0["dur"] as? Double ?? 0) >= 0 })
        #expect(!text.contains("s3cret"))
        #expect(try await trace(style: Style(revealsSensitive: true)).contains("s3cret"))
    }

    @Test("steps that run at the same time lie on tracks of their own, and within what holds them where it does")
    func tracks() throws {
        let events = History.sample.recorded.filter { $0.event.instance == "report-7" }
        let slices = Trace(try #require(StoryBuilder.story(of: events)), Style()).slices
        #expect(
            slices.map { "\($0.name) \($0.track)" } == [
                "gather 1", "regions 1", "sum_region#0 1", "sum_region#1 2", "load_costs 1",
            ])
    }

    @Test("no two slices of a track overlap unless one lies within the other, whatever the events say")
    func nesting() throws {
        var generator = SplitMix64(seed: 21)
        let all = History.sample.events
        for _ in 0..<300 {
            let chosen = all.shuffled(using: &generator).prefix(Int.random(in: 1...all.count, using: &generator))
            let events = chosen.enumerated().map { place, event in
                var event = event
                event.instance = "i"
                event.revision = UInt64(place + 1)
                return RecordedEvent(sequence: UInt64(place + 1), event: event)
            }
            let slices = Trace(try #require(StoryBuilder.story(of: events)), Style()).slices
            for (place, first) in slices.enumerated() {
                #expect(first.start <= first.end)
                for second in slices[(place + 1)...] where first.track == second.track {
                    let crosses =
                        first.start < second.start && second.start < first.end && first.end < second.end
                        || second.start < first.start && first.start < second.end && second.end < first.end
                    #expect(!crosses, "\(first.name) \(second.name)")
                }
            }
        }
    }
}
