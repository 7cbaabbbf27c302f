import SayiirEvents
import Testing

@testable import SayiirInspection

@Suite struct WordsTests {
    @Test(
        "durations have two or three digits that count",
        arguments: [
            (0, "0s"), (300, "300ns"), (850_000, "850µs"), (12_345_678, "12.3ms"), (220_000_000, "220ms"),
            (3_419_000_000, "3.41s"), (59_999_000_000, "59.99s"), (125_000_000_000, "2m05s"),
            (11_520_000_000_000, "3h12m"), (352_800_000_000_000, "4d02h"), (-1_500_000_000, "-1.50s"),
            (Int64.max, "106751d23h"), (Int64.min, "-106751d23h"),
        ])
    func durations(_ nanoseconds: Int64, _ words: String) {
        #expect(Duration.nanoseconds(nanoseconds).words == words)
    }

    @Test(
        "offsets keep milliseconds where they matter",
        arguments: [
            (0, "+0.000s"), (12, "+0.012s"), (59_999, "+59.999s"), (125_100, "+2m05.1s"), (11_525_000, "+3h12m05s"),
            (352_860_000, "+4d02h01m"), (-40, "-0.040s"),
        ])
    func offsets(_ milliseconds: Int64, _ words: String) {
        #expect(Duration.milliseconds(milliseconds).offsetWords == words)
    }

    @Test("what goes wrong is told without a word broken or cut, and lines that fit are left as they are")
    func complaints() {
        let text =
            "'x' is not a log: it has no segment, and 00000001-00000000000000000001.seg is one.\n  See  the help."
        #expect(Complaint(text, width: nil).text == "sayiir-inspect: \(text)\n")
        #expect(
            Complaint(text, width: 30).text == """
                sayiir-inspect: 'x' is not a
                log: it has no segment, and
                00000001-00000000000000000001.seg
                is one.
                  See  the help.

                """)
    }

    @Test("times before 1970 have milliseconds, too")
    func earlyTimes() {
        #expect(Timestamp(nanosecondsSinceEpoch: -1_000_000).dateAndMilliseconds == "1969-12-31 23:59:59.999")
    }

    @Test("numbers have commas between thousands, bytes the largest unit that is not above them")
    func numbers() {
        #expect(grouped(UInt64(999)) == "999")
        #expect(grouped(UInt64(1_234_567)) == "1,234,567")
        #expect(counted(1, "frame") == "1 frame")
        #expect(counted(1000, "frame") == "1,000 frames")
        #expect(byteWords(1023) == "1,023 bytes")
        #expect(byteWords(1536) == "1.5 KiB")
        #expect(byteWords(64 << 20) == "64.0 MiB")
        #expect(byteWords(.max) == "16,383.9 PiB")
    }

    @Test("text is cut by the columns it takes, wide and combining characters counted as terminals do")
    func widths() {
        #expect("abc".displayWidth == 3)
        #expect("日本".displayWidth == 4)
        #expect("e\u{301}".displayWidth == 1)
        #expect("🚀".displayWidth == 2)
        #expect("abcdef".shortened(to: 4) == "abc…")
        #expect("日本語".shortened(to: 4) == "日…")
        #expect("ab".shortened(to: 0) == "")
        #expect("é".padded(to: 3) == "é  ")
    }

    @Test("Control characters and changes of direction are shown as escapes, quotes as they are, backslashes doubled")
    func safety() {
        #expect(safe("plain") == "plain")
        #expect(safe("a\u{1B}[31mb\nc") == #"a\u001b[31mb\nc"#)
        #expect(safe("“ä” \"x\" C:\\n \u{202E}") == #"“ä” "x" C:\\n \u202e"#)
        #expect(safe("ä\u{9B}") == #"ä\u009b"#)
    }
}
