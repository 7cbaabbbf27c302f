import SayiirEvents
import Testing

@testable import SayiirInspection

@Suite struct StoryTextTests {
    private func text(of instance: InstanceID, _ style: Style = Style(width: 100)) throws -> String {
        let events = History.sample.recorded.filter { $0.event.instance == instance }
        let story = try #require(StoryBuilder.story(of: events))
        return StoryText(story: story, style: style).lines.joined(separator: "\n")
    }

    @Test("a failure, its retry and an interrupted attempt stand below their step, with their bars")
    func attempts() throws {
        #expect(
            try text(of: "order-42") == """
                order-42  completed after 3.41s
                  workflow    order, definition 3f464d545b62, tags eu
                  submitted   2026-03-01 12:00:00.000 UTC by alice
                  ended       2026-03-01 12:00:03.410 UTC
                  input       {"order":42,"items":[{"sku":"tea","count":3}]}
                  output      {"parcel":"JD0002","carrier":"post"}

                    TIME    STEP              DURATION
                 +0.000s  ✓ reserve_stock       12.2ms  ━                     {"reserved":3}
                 +0.012s  ✓ charge_card          2.79s  ━━┄┄┄┄┄╍╍╍╍╍╍╍━━━     {"receipt":"R-42","amount":"12.50 EUR…
                              #1 failed          219ms  ━━
                                 PaymentDeclined: the bank did not answer in time; next after 1.00s
                              #2 interrupted     1.21s         ╍╍╍╍╍╍╍╍       started again on worker-2
                              #3 completed       360ms                ━━━
                 +2.810s  ✓ ship_parcel          600ms                  ━━━━  {"parcel":"JD0002","carrier":"post"}
                 +3.410s  ■ completed

                Cut to fit: charge_card (39 bytes); --full shows them whole.
                """)
    }

    @Test("a pause and a cancellation are told with who asked and why")
    func control() throws {
        #expect(
            try text(of: "order-44") == """
                order-44  cancelled after 1m05s
                  cancelled   by bob: customer changed her mind
                  workflow    order, definition 3f464d545b62
                  submitted   2026-03-01 12:00:00.040 UTC
                  ended       2026-03-01 12:01:05.420 UTC
                  input       {"order":44}

                     TIME    STEP           DURATION
                  +0.000s  ✓ reserve_stock    20.8ms  ━                     {"reserved":1}
                  +0.015s  ‖ pause requested by ops: stock count
                  +0.021s  ‖ paused
                 +1m04.9s  ‖ unpaused after 1m04s by ops
                 +1m04.9s  ✓ charge_card       419ms                     ━  {"receipt":"R-44"}
                 +1m05.0s  ‖ cancellation requested by bob: customer changed her mind
                 +1m05.3s  ■ cancelled by bob: customer changed her mind
                """)
    }

    @Test("a fork and a map are bars around those of the steps within")
    func branching() throws {
        #expect(
            try text(of: "report-7") == """
                report-7  in progress, 122ms so far
                  at          load_costs
                  workflow    report, definition 3f464d545b62
                  submitted   2026-03-01 12:00:00.100 UTC
                  updated     2026-03-01 12:00:00.222 UTC
                  input       {"month":"2026-02"}

                    TIME    STEP            DURATION
                 +0.000s  ○ gather (fork)      121ms  ────────────────────  sales, costs
                 +0.001s  ✓ regions (map)      120ms  ────────────────────  2 elements
                 +0.002s  ✓   sum_region#0    58.0ms  ━━━━━━━━━━            1200
                 +0.007s  ✓   sum_region#1     113ms   ━━━━━━━━━━━━━━━━━━━  1201
                 +0.122s  ● load_costs            0s                     ━  running
                """)
    }

    @Test("a sensitive value is hidden unless it is asked for, and a signal that nobody took is named")
    func sensitive() throws {
        let hidden = try text(of: "user-9")
        #expect(try text(of: "user-9", Style()).contains("(sensitive, 8 bytes of json, sha256 1c1a4d95…)"))
        #expect(!hidden.contains("s3cret"))
        #expect(hidden.hasSuffix("\n\n1 signal not consumed: 'news_wanted'"))
        #expect(try text(of: "user-9", Style(width: 100, revealsSensitive: true)).contains(#""s3cret""#))
    }

    @Test("no line is wider than the terminal", arguments: [40, 60, 80, 100, 132])
    func width(_ width: Int) throws {
        for instance in Set(History.sample.events.map(\.instance)) {
            for line in try text(of: instance, Style(width: width)).split(separator: "\n") {
                #expect(line.displayWidth <= width, "\(line)")
            }
        }
    }

    @Test("colours change nothing but the colour, and control characters never come through")
    func colour() throws {
        for instance in Set(History.sample.events.map(\.instance)) {
            let plain = try text(of: instance)
            let coloured = try text(of: instance, Style(width: 100, isColoured: true))
            #expect(coloured != plain)
            #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "") == plain)
            #expect(
                !plain.contains { $0 != "\n" && $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } })
        }
    }
}
