/// How far a reading has come, as one line of text.
struct ProgressBar {
    /// How many bytes have been read, and how many there are.
    var done: UInt64
    var total: UInt64
    /// For how long it has been going on.
    var elapsed: Duration

    private static let widestBar = 30

    /// The line, in fewer columns than `width`, so that no terminal breaks it.
    func text(width: Int) -> String {
        let numbers = " \(percentWords)  \(byteWords(min(done, total))) of \(byteWords(total))\(restWords)"
        let room = width - 1 - numbers.displayWidth - "reading []".count
        guard room >= 5 else { return "reading\(numbers)".shortened(to: max(0, width - 1)) }
        let bar = min(room, Self.widestBar)
        let filled = Int(fraction * Double(bar))
        return "reading [" + String(repeating: "=", count: filled) + String(repeating: " ", count: bar - filled) + "]"
            + numbers
    }

    /// From 0 to 1; files may grow while they are read.
    private var fraction: Double { total == 0 ? 1 : min(1, Double(done) / Double(total)) }

    private var percentWords: String { "\(Int(fraction * 100))%".aligned(to: 4) }

    /// What remains at the pace so far. Told only once there is one.
    private var restWords: String {
        guard fraction >= 0.01, fraction < 1 else { return "" }
        let seconds = (elapsed / .seconds(1)) / fraction * (1 - fraction)
        return "  \(Duration.seconds(Int64(min(seconds.rounded(.up), 1e9))).shortWords) left"
    }
}

extension Duration {
    /// Whole seconds, minutes and seconds, or hours and minutes.
    fileprivate var shortWords: String {
        components.seconds < 60 ? "\(components.seconds)s" : words
    }
}
