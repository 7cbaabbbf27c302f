import Foundation
import Testing

@testable import SayiirEvents

@Suite("Timestamps as text")
struct TimestampTests {
    @Test(
        "a moment has as few decimals as hold it",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"),
            (1000, "1970-01-01T00:00:00.000001Z"), (1_000_000, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
            (1_772_368_496_789_000_000, "2026-03-01T12:34:56.789Z"),
            (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ])
    func description(nanoseconds: Int64, text: String) {
        let moment = Timestamp(nanosecondsSinceEpoch: nanoseconds)
        #expect(moment.description == text)
        #expect(Timestamp(text) == moment)
    }

    @Test(
        "offsets, decimals of any number up to nine and small letters are read",
        arguments: [
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T18:30:00-05:30", 0),
            ("1970-01-01t00:00:00.5z", 500_000_000),
            ("1970-01-01T00:00:00.12Z", 120_000_000), ("1970-01-01T00:00:00-00:00", 0),
        ])
    func reading(text: String, nanoseconds: Int64) {
        #expect(Timestamp(text)?.nanosecondsSinceEpoch == nanoseconds)
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-1-01T00:00:00Z",
            "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-04-31T00:00:00Z", "1970-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
            "1970-01-01T23:59:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z",
            "1970-01-01T00:00:00Z ", "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+24:00",
            "2262-04-11T23:47:16.854775808Z", "1677-09-21T00:12:43.145224191Z", "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z", "-970-01-01T00:00:00Z", "1970-01-01T00:00:00+01:0é",
        ])
    func refusal(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("random moments read back as they were, and agree with Foundation's calendar")
    func randomMoments() throws {
        var random = SplitMix64(seed: 1)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for _ in 0..<2000 {
            let moment = Timestamp(nanosecondsSinceEpoch: .random(in: .min ... .max, using: &random))
            #expect(Timestamp(moment.description) == moment)
            let seconds = moment.nanosecondsSinceEpoch.flooredDivision(by: 1_000_000_000).quotient
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second],
                from: Date(timeIntervalSince1970: Double(seconds)))
            let numbers = moment.description.prefix(19).split { "-T:".contains($0) }.compactMap { Int($0) }
            #expect(numbers == [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second])
        }
    }

    @Test("every day from 1677 to 2262 follows the one before")
    func days() {
        var expected = CivilDate(daysSinceEpoch: -106_751)
        for day in Int64(-106_751)...106_751 {
            let date = CivilDate(daysSinceEpoch: day)
            #expect(date == expected && date.daysSinceEpoch == day)
            expected =
                CivilDate(year: date.year, month: date.month, day: date.day + 1)
                ?? CivilDate(year: date.year, month: date.month + 1, day: 1)
                ?? CivilDate(daysSinceEpoch: day + 1)
        }
    }
}
