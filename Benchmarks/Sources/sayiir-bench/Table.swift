/// Prints measurements in columns.
struct Table {
    static func printHead() {
        print(row(["", "operations/s", "p50 µs", "p99 µs", "p99.9 µs"]))
    }

    static func printRow(_ name: String, _ measurement: Measurement) {
        let rate = measurement.operationsPerSecond
        let latencies = [0.5, 0.99, 0.999].map { decimal(measurement.percentile($0), 1) }
        print(row([name, grouped(Int(rate.rounded()))] + latencies))
    }

    static func printCells(_ cells: [String]) { print(row(cells)) }

    /// A number with so many digits after the point.
    static func decimal(_ number: Double, _ digits: Int) -> String {
        var factor = 1
        for _ in 0..<digits { factor *= 10 }
        let scaled = Int((number * Double(factor)).rounded())
        let fraction = String(scaled % factor)
        if digits == 0 { return String(scaled) }
        return "\(scaled / factor)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    private static func row(_ cells: [String]) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, (index == 0 ? 44 : 14) - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined()
    }
}
