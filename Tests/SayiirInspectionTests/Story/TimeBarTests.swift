import SayiirEvents
import Testing

@testable import SayiirInspection

@Suite struct TimeBarTests {
    private let bar = TimeBar(times: History.at(0)...History.at(100), width: 10)

    private func part(_ from: Double, _ to: Double) -> TimeBar.Part {
        TimeBar.Part(from: History.at(from), to: History.at(to), character: "=")
    }

    @Test("a part covers the columns that it touches, and one at least")
    func columns() {
        #expect(bar.text([part(0, 100)]) == "==========")
        #expect(bar.text([part(20, 50)]) == "  ===     ")
        #expect(bar.text([part(25, 25)]) == "  =       ")
        #expect(bar.text([part(100, 100)]) == "         =")
    }

    @Test("moments outside of the run and a run without length are drawn within the bar")
    func edges() {
        #expect(bar.text([part(-50, 20)]) == "==        ")
        #expect(bar.text([part(90, 500)]) == "         =")
        let point = TimeBar(times: History.at(5)...History.at(5), width: 3)
        #expect(point.text([part(5, 5)]) == "=  ")
        let all = TimeBar(
            times: Timestamp(nanosecondsSinceEpoch: .min)...Timestamp(nanosecondsSinceEpoch: .max), width: 3)
        #expect(all.text([part(0, 1)]).count == 3)
    }
}
