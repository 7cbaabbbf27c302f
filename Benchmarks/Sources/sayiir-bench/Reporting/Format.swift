import Foundation

/// Numbers as people read them.
enum Format {
    /// A number with about four digits that matter, and commas between thousands.
    static func number(_ number: Double) -> String {
        guard number.isFinite else { return "–" }
        let size = abs(number)
        if size >= 100 || number == number.rounded() { return grouped(number) }
        if size >= 10 { return decimal(number, 1) }
        if size >= 1 { return decimal(number, 2) }
        if size >= 0.001 { return decimal(number, 3) }
        // Two digits that matter, as 3.1e-4.
        let power = Int(log10(size).rounded(.down))
        return "\(decimal(number / pow(10, Double(power)), 1))e\(power)"
    }

    /// A number with so many digits after the point.
    static func decimal(_ number: Double, _ digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "–" }
        let factor = (0..<digits).reduce(1) { product, _ in product * 10 }
        let scaled = Int((abs(number) * Double(factor)).rounded())
        let sign = number < 0 && scaled > 0 ? "−" : ""
        let whole = "\(sign)\(grouped(Double(scaled / factor)))"
        if digits == 0 { return whole }
        let fraction = String(scaled % factor)
        return "\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// A number that somebody has chosen, so that zeros at its end say nothing: 0.9, 1.7, 600,000.
    static func limit(_ number: Double) -> String {
        number == number.rounded() ? Self.number(number) : "\(number)"
    }

    /// A short form for axes: 10k, 1M; but 1,024.
    static func short(_ number: Double) -> String {
        if abs(number) < 10_000, number.truncatingRemainder(dividingBy: 1000) != 0 { return Self.number(number) }
        let steps: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (size, letter) in steps where abs(number) >= size {
            let part = number / size
            return (part == part.rounded() ? Self.number(part) : decimal(part, part < 10 ? 1 : 0)) + letter
        }
        return Self.number(number)
    }

    /// Microseconds, in the unit that fits.
    static func time(microseconds: Double) -> String {
        if microseconds >= 1e6 { return "\(number(microseconds / 1e6)) s" }
        if microseconds >= 1e3 { return "\(number(microseconds / 1e3)) ms" }
        if microseconds < 1 { return "\(number(microseconds * 1e3)) ns" }
        return "\(number(microseconds)) µs"
    }

    private static func grouped(_ number: Double) -> String {
        guard abs(number) < 1e15 else { return "–" }
        var digits = String(abs(Int(number.rounded())))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 && digits != "0" ? "−" : "") + ([digits] + groups).joined(separator: ",")
    }
}
