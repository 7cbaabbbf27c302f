import Testing

@testable import SayiirInspection

@Suite struct InstanceTableTests {
    @Test("at 100 columns the details are cut and the time of the last change gives way")
    func hundredColumns() async throws {
        #expect(
            try await Run(onSample: ListInspection()).output == """
                ID          WORKFLOW    STATUS           STEPS  SUBMITTED (UTC)      DURATION  DETAILS
                order-42    order       completed          3/3  2026-03-01 12:00:00     3.41s
                order-43    order       failed             0/1  2026-03-01 12:00:00     240ms  charge_card: Payment…
                order-44    order       cancelled          2/2  2026-03-01 12:00:00     1m05s  by bob: customer cha…
                report-7    report      in progress        3/5  2026-03-01 12:00:00     122ms  load_costs
                user-9      onboarding  awaiting signal    1/2  2026-03-01 12:00:00     600ms  'mail_confirmed' at …
                reminder-1  reminder    waiting            0/1  2026-03-01 12:00:00     200µs  a_week until 2026-03…

                """)
    }

    @Test("without a limit nothing is cut or left out")
    func unlimited() async throws {
        let lines = try await Run(onSample: ListInspection(), style: Style()).lines
        #expect(
            lines[0]
                == "ID          WORKFLOW    STATUS           STEPS  SUBMITTED (UTC)      UPDATED   DURATION  DETAILS")
        #expect(
            lines[2] == "order-43    order       failed             0/1  2026-03-01 12:00:00  12:00:00     240ms  "
                + #"charge_card: PaymentDeclined: card expired\u001b[31m"#)
    }

    @Test("no line is wider than the terminal, and id and status are always there", arguments: [40, 60, 80, 100])
    func narrow(_ width: Int) async throws {
        for line in try await Run(onSample: ListInspection(), style: Style(width: width)).lines {
            #expect(line.displayWidth <= width)
            #expect(
                line.contains(
                    /^(ID|order-4|report-7|user-9|reminder-1).* (STATUS|completed|failed|cancelled|in pro|awai|wait)/))
        }
    }

    @Test("a table that a width has no room for can be told as lists")
    func lists() {
        var table = Table(columns: [
            Table.Column(title: "NAME", smallestWidth: 8), Table.Column(title: "EMPTY", smallestWidth: 8),
            Table.Column(title: "NUMBER", isRightAligned: true), Table.Column(title: "A LONG TITLE OF 30 COLUMNS HERE"),
        ])
        table.rows = [
            [Table.Cell(String(repeating: "x", count: 60)), Table.Cell(""), Table.Cell("1"), Table.Cell("first")],
            [Table.Cell("short"), Table.Cell(""), Table.Cell("22"), Table.Cell("second")],
        ]
        #expect(table.fits(Style()) && table.fits(Style(width: 56)) && !table.fits(Style(width: 55)))
        #expect(table.lines(Style(width: 56)).allSatisfy { $0.displayWidth <= 56 })
        #expect(
            table.lists(Style(width: 50)) == [
                "NAME                             xxxxxxxxxxxxxxxx…", "NUMBER                           1",
                "A LONG TITLE OF 30 COLUMNS HERE  first", "",
                "NAME                             short", "NUMBER                           22",
                "A LONG TITLE OF 30 COLUMNS HERE  second",
            ])
    }
}
