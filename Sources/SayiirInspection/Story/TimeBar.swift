internal import SayiirEvents

/// Draws when something ran, as a bar in a row of columns that stands for the whole run.
struct TimeBar {
    /// The whole run.
    var times: ClosedRange<Timestamp>
    /// How many columns it takes.
    var width: Int

    /// A part of a bar, and what it is drawn with. Later parts are drawn over earlier ones.
    struct Part {
        var from: Timestamp
        var to: Timestamp
        var character: Character
    }

    /// The columns from the first to the last that any part touches; each part is at least one column wide.
    func text(_ parts: [Part]) -> String {
        guard width > 0 else { return "" }
        var cells = [Character](repeating: " ", count: width)
        for part in parts {
            let first = min(width - 1, Int(place(of: part.from)))
            let end = max(first + 1, Int(place(of: part.to).rounded(.up)))
            for cell in first..<min(end, width) { cells[cell] = part.character }
        }
        return String(cells)
    }

    /// Where a moment lies, in columns, held within the bar.
    private func place(of time: Timestamp) -> Double {
        let whole = Double((times.upperBound - times.lowerBound).saturatedNanoseconds)
        guard whole > 0 else { return 0 }
        let part = Double((time - times.lowerBound).saturatedNanoseconds)
        return min(max(part / whole, 0), 1) * Double(width)
    }
}
