import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct ProgressTests {
    @Test(
        "a bar tells the part that is done, the bytes, and how long the rest takes at this pace",
        arguments: [
            (0, 80, "reading [                              ]   0%  0 bytes of 1.0 GiB"),
            (10_000_000, 80, "reading [                              ]   0%  9.5 MiB of 1.0 GiB"),
            (268_435_456, 80, "reading [=======                       ]  25%  256.0 MiB of 1.0 GiB  9s left"),
            (20_000_000, 80, "reading [                              ]   1%  19.0 MiB of 1.0 GiB  2m39s left"),
            (1_073_741_823, 80, "reading [============================= ]  99%  1,023.9 MiB of 1.0 GiB  1s left"),
            (1_073_741_824, 80, "reading [==============================] 100%  1.0 GiB of 1.0 GiB"),
            (.max, 80, "reading [==============================] 100%  1.0 GiB of 1.0 GiB"),
            (536_870_912, 50, "reading  50%  512.0 MiB of 1.0 GiB  3s left"),
            (536_870_912, 52, "reading [==   ]  50%  512.0 MiB of 1.0 GiB  3s left"),
            (536_870_912, 20, "reading  50%  512.…"),
            (1, 1, ""),
        ] as [(UInt64, Int, String)])
    func bar(done: UInt64, width: Int, expected: String) {
        let text = ProgressBar(done: done, total: 1 << 30, elapsed: .seconds(3)).text(width: width)
        #expect(text == expected)
        #expect(text.displayWidth < max(1, width))
    }

    @Test("of nothing everything is done")
    func nothing() {
        #expect(ProgressBar(done: 0, total: 0, elapsed: .zero).text(width: 80).contains("100%"))
    }

    @Test("a bar of a move counts events")
    func moving() {
        let bar = ProgressBar(work: .moving, done: 1500, total: 6000, elapsed: .seconds(2))
        #expect(bar.text(width: 80) == "moving [=======                       ]  25%  1,500 of 6,000 events  6s left")
    }

    /// A meter whose clock is set by hand.
    private final class Terminal {
        var now: Int64 = 0
        var texts: [String] = []
        lazy var meter = ProgressMeter(width: 80, clock: { [unowned self] in now }) { [unowned self] in texts.append($0)
        }
    }

    @Test("nothing is drawn in the first second, and then ten times a second at most")
    func pace() {
        let terminal = Terminal()
        let meter = terminal.meter
        for millisecond in 0..<3000 as Range<Int64> {
            terminal.now = millisecond * 1_000_000
            meter.advance(to: UInt64(millisecond), of: 3000)
            #expect(millisecond >= 1000 || terminal.texts.isEmpty)
        }
        #expect(terminal.texts.count == 20)
        #expect(terminal.texts.allSatisfy { $0.hasPrefix("\r\u{1B}[Kreading [") && !$0.contains("\n") })
        meter.clear()
        meter.clear()
        #expect(terminal.texts.count == 21)
        #expect(terminal.texts.last == "\r\u{1B}[K")
    }

    @Test("a second reading gets no bar before a second has passed, and none of the first one's time is counted")
    func again() {
        let terminal = Terminal()
        let meter = terminal.meter
        terminal.now = 60_000_000_000
        meter.advance(to: 90, of: 100)
        meter.clear()
        terminal.texts = []
        for (seconds, done) in [(60, 1), (60, 2), (61, 50)] as [(Int64, UInt64)] {
            terminal.now = seconds * 1_000_000_000
            #expect(terminal.texts.isEmpty)
            meter.advance(to: done, of: 100)
        }
        #expect(
            terminal.texts.count == 1 && terminal.texts[0].contains(" 50%") && terminal.texts[0].hasSuffix("  1s left"))
    }

    @Test("what never took a second leaves nothing behind")
    func quick() {
        let terminal = Terminal()
        terminal.meter.advance(to: 1, of: 2)
        terminal.meter.clear()
        #expect(terminal.texts.isEmpty)
    }

    @Test("a reading tells how far it is through all segments, and wipes the bar off at its end")
    func reading() async throws {
        let log = try await LongLog.make()
        let terminal = Terminal()
        var source = LogSource(directory: "log", fileSystem: log.disk)
        source.meter = terminal.meter
        var places: [UInt64] = []
        let extent = try #require(source.extent)
        _ = try source.verify { frame in
            terminal.now += 200_000_000
            places.append(extent.place(of: frame))
        }
        #expect(places == places.sorted())
        #expect(places.last.map { $0 <= extent.total && $0 > extent.total / 2 } == true)
        #expect(terminal.texts.count > 10)
        #expect(terminal.texts.last == "\r\u{1B}[K")
        source.meter = nil
        #expect(source.extent == nil)
    }

    @Test("the bar is gone before something is complained about")
    func complaint() throws {
        let terminal = Terminal()
        let meter = terminal.meter
        let console = Console(output: Output { _ in }, style: Style(), meter: meter) { terminal.texts.append($0) }
        terminal.now = 2_000_000_000
        meter.advance(to: 1, of: 2)
        try console.complain("odd")
        #expect(terminal.texts.dropFirst() == ["\r\u{1B}[K", "odd"])
    }
}
