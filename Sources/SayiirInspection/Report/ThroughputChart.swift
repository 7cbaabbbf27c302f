internal import SayiirEvents
internal import SayiirProjection

/// How many instances were submitted and ended in each part of the time that a log spans.
struct ThroughputChart {
    private var submitted: [Int]
    private var ended: [Int]
    private let times: ClosedRange<Timestamp>

    private static let count = 48

    /// `nil` if there is nothing to be seen.
    init?(_ instances: [InstanceOverview], _ times: ClosedRange<Timestamp>?) {
        guard let times, times.lowerBound < times.upperBound else { return nil }
        self.times = times
        submitted = [Int](repeating: 0, count: Self.count)
        ended = submitted
        for instance in instances {
            if let place = place(of: instance.submittedAt) { submitted[place] += 1 }
            if let place = place(of: instance.endedAt) { ended[place] += 1 }
        }
    }

    private func place(of time: Timestamp?) -> Int? {
        guard let time, times.contains(time) else { return nil }
        let whole = Double((times.upperBound - times.lowerBound).saturatedNanoseconds)
        let part = Double((time - times.lowerBound).saturatedNanoseconds)
        return min(Self.count - 1, Int(part / whole * Double(Self.count)))
    }

    private var most: Int { max(1, submitted.max() ?? 1, ended.max() ?? 1) }

    private var step: Duration { (times.upperBound - times.lowerBound) / Self.count }

    func write(to html: inout HTMLWriter) {
        html.element(
            "svg",
            [
                ("class", "chart"), ("viewBox", "0 0 960 120"), ("preserveAspectRatio", "none"), ("role", "img"),
                ("aria-labelledby", "chart-title chart-desc"),
            ]
        ) { html in
            html.element("title", [("id", "chart-title")], text: "Instances submitted and ended over time")
            html.element(
                "desc", [("id", "chart-desc")],
                text:
                    "\(submitted.reduce(0, +)) submitted and \(ended.reduce(0, +)) ended; at most \(most) in \(step.words)."
            )
            html.element(
                "rect", [("class", "ground"), ("x", "0"), ("y", "119"), ("width", "960"), ("height", "1")], text: "")
            for place in 0..<Self.count {
                bar("in", submitted[place], at: place * 20 + 2, to: &html)
                bar("out", ended[place], at: place * 20 + 10, to: &html)
            }
        }
        html.element("p", [("class", "axis")]) { html in
            html.element("span", text: times.lowerBound.dateAndTime)
            html.element("span", text: times.upperBound.dateAndTime)
        }
        html.element("ul", [("class", "legend")]) { html in
            for (name, words) in [("key", "Submitted"), ("key out", "Ended")] {
                html.element("li") { html in
                    html.element("span", [("class", name)], text: "")
                    html.text(words)
                }
            }
            html.element("li", text: "Each pair of bars is \(step.words); the highest is \(grouped(UInt64(most)))")
        }
    }

    private func bar(_ name: String, _ count: Int, at x: Int, to html: inout HTMLWriter) {
        guard count > 0 else { return }
        let height = max(2, count * 116 / most)
        html.element(
            "rect",
            [("class", name), ("x", "\(x)"), ("y", "\(119 - height)"), ("width", "7"), ("height", "\(height)")],
            text: "")
    }
}
