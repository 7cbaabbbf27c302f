/// How far a reading has come, as one line of text.
struct ProgressBar {
    /// What is counted, and what is done to it.
    enum Work {
        /// Bytes are read.
        case reading
        /// Events are moved.
        case moving

        fileprivate var name: String { self == .reading ? "reading" : "moving" }

        fileprivate func words(_ done: UInt64, of total: UInt64) -> String {
            switch self {
            case .reading: "\(byteWords(done)) of \(byteWords(total))"
            case .moving: "\(grouped(done)) of \(counted(total, "event"))"
            }
        }
    }

    var work = Work.reading
    /// How much has been done, and how much there is.
    var done: UInt64
    var total: UInt64
    /// For how long it has been going on.
    var elapsed: Duration

    private static let widestBar = 30

    /// The line, in fewer columns than `width`, so that no terminal breaks it.
    func text(width: Int) -> String {
        let numbers = " \(percentWords)  \(work.words(min(done, total), of: total))\(restWords)"
        let room = width - 1 - numbers.displayWidth - "\(work.name) []".count
        guard room >= 5 else { return "\(work.name)\(numbers)".shortened(to: max(0, width - 1)) }
        let bar = min(room, Self.widestBar)
        let filled = Int(fraction * Double(bar))
        return "\(work.name) [" + String(repeating: "=", count: filled) + String(repeating: " ", count: bar - filled)
            + "]"
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
