/// Which rows make a line chart, and what its shape means.
struct Curve: Sendable {
    /// A row's place on a line.
    typealias Place = (series: String, x: Double, y: Double)

    var title: String
    var explanation: String
    var xLabel: String
    var yLabel: String
    /// The places that a row has in the chart; none if it does not belong here.
    var places: @Sendable (Row) -> [Place]
    /// The name of the floor line, if floors stand beside these rows in the unit of the chart.
    var floor: String?
    /// Whether a row's floor is that one.
    var hasFloor: @Sendable (Row) -> Bool = { _ in true }

    /// The chart of several runs, laid over each other.
    func chart(of runs: [RunReport]) -> LineChart {
        var names: [String] = []
        var lines: [LineChart.Series] = []
        var floors: [(name: String, y: Double)] = []
        for (run, report) in runs.enumerated() {
            let places = report.rows.flatMap(places)
            for place in places where !names.contains(place.series) { names.append(place.series) }
            for (colour, name) in names.enumerated() {
                let points = places.filter { $0.series == name }.map { (x: $0.x, y: $0.y) }.sorted { $0.x < $1.x }
                guard !points.isEmpty else { continue }
                let title = runs.count > 1 ? "\(ResultsPage.letter(run)) \(name)" : name
                lines.append(LineChart.Series(name: title, colour: colour, run: run, points: points))
            }
            let values = report.rows.filter { !self.places($0).isEmpty && hasFloor($0) }.compactMap { $0.floor?.value }
            if run == 0, let floor, !values.isEmpty { floors.append((floor, values.median)) }
        }
        return LineChart(
            title: title, explanation: explanation, xLabel: xLabel, yLabel: yLabel, series: lines, floors: floors)
    }

    /// A row's only place: its value over one of its parameters.
    static func value(of row: Row, over parameter: String, in series: String, if belongs: Bool = true) -> [Place] {
        guard belongs, let x = row.parameters[parameter] else { return [] }
        return [(series, x, row.value)]
    }

    /// A row's median and tail, as places on two lines.
    static func percentiles(of row: Row, over parameter: String, in series: String, if belongs: Bool) -> [Place] {
        guard belongs, let x = row.parameters[parameter], let latency = row.latency else { return [] }
        let prefix = series.isEmpty ? "" : "\(series), "
        return [("\(prefix)p50", x, latency.p50), ("\(prefix)p99", x, latency.p99)]
    }
}
