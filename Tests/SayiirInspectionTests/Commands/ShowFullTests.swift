import SayiirEvents
import Testing

@testable import SayiirInspection

@Suite struct ShowFullTests {
    private func text(
        of instance: String, in history: History = .sample, width: Int? = 80, full: Bool = false,
        revealing: Bool = false
    ) throws -> String {
        let events = history.recorded.filter { $0.event.instance.rawValue == instance }
        let story = try #require(StoryBuilder.story(of: events))
        let style = Style(width: width, revealsSensitive: revealing)
        return StoryText(story: story, style: style, showsValues: full).lines.joined(separator: "\n")
    }

    @Test("nested constructs read well at 80 columns, each loop before what is in it")
    func narrow() throws {
        #expect(
            try text(of: "import-2026-03-01", in: .nested) == """
                import-2026-03-01  in progress, 1.72s so far
                  at          publish/upload_to_staging, next attempt at 12:00:03
                  workflow    catalogue_import, definition 3f464d545b62
                  submitted   2026-03-01 12:00:00.000 UTC
                  updated     2026-03-01 12:00:01.720 UTC
                  input       {"files":["a.csv","b.csv"],"notify":"ops@example.org"}

                    TIME    STEP                         DURATION
                 +0.001s  ✓ list_files                     39.0ms  ━            ["a.csv","b.csv…
                 +0.040s  ✓ each_file (map)                 860ms  ──────       2 elements
                 +0.041s  ✓   rounds#0 (loop)               260ms  ──           1 iteration
                 +0.041s  ✓     checks#0.0 (fork)           240ms  ──           check_prices, c…
                 +0.042s  ✓     check_prices#0.0            239ms  ━━           {"odd":[12.5,99…
                 +0.042s  ✓     check_stock#0.0            89.0ms  ━            {"missing":0}
                 +0.281s  ✓     merge#0.0                  20.0ms   ━           {"decision":"do…
                 +0.071s  ✓   rounds#1 (loop)               560ms  ─────        2 iterations
                 +0.071s  ✓     checks#1.0 (fork)           240ms  ──           check_prices, c…
                 +0.072s  ✓     check_prices#1.0            239ms  ━━           {"odd":[12.5,99…
                 +0.072s  ✓     check_stock#1.0            89.0ms  ━━           {"missing":0}
                 +0.311s  ✓     merge#1.0                  20.0ms   ━━          {"decision":"do…
                 +0.371s  ✓     checks#1.1 (fork)           240ms    ──         check_prices, c…
                 +0.372s  ✓     check_prices#1.1            239ms    ━━         {"odd":[12.5,99…
                 +0.372s  ✓     check_stock#1.1            89.0ms    ━          {"missing":0}
                 +0.611s  ✓     merge#1.1                  20.0ms     ━━        {"decision":"do…
                 +0.900s  ○ publish (child)                 820ms       ──────  publishing
                 +0.901s  ✓   publish/render_pages          599ms       ━━━━━   {"pages":118}
                 +1.501s  ✓   publish/target                1.0ms           ━   "staging"
                 +1.502s  ○   publish/where (route)         218ms           ──  to staging
                 +1.502s  ●   publish/upload_to_staging     218ms           ━━  waiting to retry
                                #1 failed                   218ms           ━━
                                  TimedOut: no answer from staging.example.org; next after 2.00s

                Cut to fit: list_files (17 bytes), check_prices#0.0 (17 bytes), merge#0.0 (29
                  bytes), check_prices#1.0 (17 bytes) and 3 others; --full shows them whole.
                """)
    }

    @Test("nested constructs use the room of 200 columns")
    func wide() throws {
        #expect(
            try text(of: "import-2026-03-01", in: .nested, width: 200) == """
                import-2026-03-01  in progress, 1.72s so far
                  at          publish/upload_to_staging, next attempt at 12:00:03
                  workflow    catalogue_import, definition 3f464d545b62
                  submitted   2026-03-01 12:00:00.000 UTC
                  updated     2026-03-01 12:00:01.720 UTC
                  input       {"files":["a.csv","b.csv"],"notify":"ops@example.org"}

                    TIME    STEP                         DURATION
                 +0.001s  ✓ list_files                     39.0ms  ━                                         ["a.csv","b.csv"]
                 +0.040s  ✓ each_file (map)                 860ms  ─────────────────────                     2 elements
                 +0.041s  ✓   rounds#0 (loop)               260ms  ───────                                   1 iteration
                 +0.041s  ✓     checks#0.0 (fork)           240ms  ───────                                   check_prices, check_stock
                 +0.042s  ✓     check_prices#0.0            239ms  ━━━━━━━                                   {"odd":[12.5,99]}
                 +0.042s  ✓     check_stock#0.0            89.0ms  ━━━━                                      {"missing":0}
                 +0.281s  ✓     merge#0.0                  20.0ms        ━                                   {"decision":"done","value":1}
                 +0.071s  ✓   rounds#1 (loop)               560ms   ──────────────                           2 iterations
                 +0.071s  ✓     checks#1.0 (fork)           240ms   ───────                                  check_prices, check_stock
                 +0.072s  ✓     check_prices#1.0            239ms   ━━━━━━━                                  {"odd":[12.5,99]}
                 +0.072s  ✓     check_stock#1.0            89.0ms   ━━━                                      {"missing":0}
                 +0.311s  ✓     merge#1.0                  20.0ms         ━                                  {"decision":"done","value":1}
                 +0.371s  ✓     checks#1.1 (fork)           240ms          ───────                           check_prices, check_stock
                 +0.372s  ✓     check_prices#1.1            239ms          ━━━━━━━                           {"odd":[12.5,99]}
                 +0.372s  ✓     check_stock#1.1            89.0ms          ━━━                               {"missing":0}
                 +0.611s  ✓     merge#1.1                  20.0ms                ━                           {"decision":"done","value":1}
                 +0.900s  ○ publish (child)                 820ms                      ────────────────────  publishing
                 +0.901s  ✓   publish/render_pages          599ms                      ━━━━━━━━━━━━━━━       {"pages":118}
                 +1.501s  ✓   publish/target                1.0ms                                    ━       "staging"
                 +1.502s  ○   publish/where (route)         218ms                                    ──────  to staging
                 +1.502s  ●   publish/upload_to_staging     218ms                                    ━━━━━━  waiting to retry
                                #1 failed                   218ms                                    ━━━━━━  TimedOut: no answer from staging.example.org; next after 2.00s
                """)
    }

    @Test("values that are cut are named with their sizes, and hidden ones are not called cut")
    func cut() throws {
        #expect(
            try text(of: "order-42").split(separator: "\n").suffix(2).joined(separator: "\n") == """
                Cut to fit: charge_card (39 bytes), ship_parcel (36 bytes); --full shows them
                  whole.
                """)
        #expect(try !text(of: "order-42", width: 120).contains("Cut"))
        #expect(try !text(of: "order-42", width: nil).contains("Cut"))
        #expect(try !text(of: "user-9").contains("Cut"))
    }

    @Test("--full adds all values below the story, JSON with a member a line")
    func full() throws {
        #expect(
            try text(of: "order-42", full: true) == """
                order-42  completed after 3.41s
                  workflow    order, definition 3f464d545b62, tags eu
                  submitted   2026-03-01 12:00:00.000 UTC by alice
                  ended       2026-03-01 12:00:03.410 UTC
                  input       {"order":42,"items":[{"sku":"tea","count":3}]}
                  output      {"parcel":"JD0002","carrier":"post"}

                    TIME    STEP              DURATION
                 +0.000s  ✓ reserve_stock       12.2ms  ━            {"reserved":3}
                 +0.012s  ✓ charge_card          2.79s  ━┄┄╍╍╍╍━━━   {"receipt":"R-42","amount"…
                              #1 failed          219ms  ━
                                 PaymentDeclined: the bank did not answer in time; next after 1…
                              #2 interrupted     1.21s     ╍╍╍╍╍     started again on worker-2
                              #3 completed       360ms         ━━━
                 +2.810s  ✓ ship_parcel          600ms           ━━  {"parcel":"JD0002","carrie…
                 +3.410s  ■ completed

                input  46 bytes of json
                  {
                    "order": 42,
                    "items": [
                      {
                        "sku": "tea",
                        "count": 3
                      }
                    ]
                  }

                reserve_stock  14 bytes of json
                  {
                    "reserved": 3
                  }

                charge_card  39 bytes of json
                  {
                    "receipt": "R-42",
                    "amount": "12.50 EUR"
                  }

                ship_parcel  36 bytes of json
                  {
                    "parcel": "JD0002",
                    "carrier": "post"
                  }
                """)
    }

    @Test("--full shows a signal's value, and a sensitive one only if asked for")
    func sensitive() throws {
        let hidden = try text(of: "user-9", full: true)
        let end = """
            make_token  8 bytes of json
              (sensitive, 8 bytes of json, sha256 1c1a4d95…)

            signal 'news_wanted' arrived  4 bytes of json
              true
            """
        #expect(hidden.hasSuffix("\n\n\(end)"))
        #expect(!hidden.contains("s3cret"))
        #expect(try text(of: "user-9", full: true, revealing: true).contains("\n  \"s3cret\"\n"))
    }

    @Test("the command shows the same, after what it shows without --full")
    func command() async throws {
        var show = ShowInspection("order-42")
        let plain = try await Run(onSample: show, style: Style())
        show.showsValues = true
        let full = try await Run(onSample: show, style: Style())
        #expect(full.output.hasPrefix(plain.output))
        #expect(full.output.hasSuffix("\n  {\n    \"parcel\": \"JD0002\",\n    \"carrier\": \"post\"\n  }\n"))
    }

    @Test(
        "JSON is broken into lines at its members, and nowhere within its texts",
        arguments: [
            ("1", ["1"]), ("{}", ["{}"]), ("[ ]", ["[]"]), (#""a,{b:\"[c""#, [#""a,{b:\"[c""#]),
            ("[1, [2]]", ["[", "  1,", "  [", "    2", "  ]", "]"]),
            (#"{"a":[],"b":{"c":1}}"#, ["{", #"  "a": [],"#, #"  "b": {"#, #"    "c": 1"#, "  }", "}"]),
            (#"[{"a,b":"c:d\\"},"\"}"]"#, ["[", "  {", #"    "a,b": "c:d\\""#, "  },", #"  "\"}""#, "]"]),
            ("\"\u{202E}\"", [#""\u202e""#]), ("{", ["{", #"  "codec": "json","#, #"  "base64": "ew==""#, "}"]),
        ])
    func pretty(_ json: String, _ expected: [String]) {
        #expect(prettyLines(of: .json(json), Style()) == expected)
    }
}
