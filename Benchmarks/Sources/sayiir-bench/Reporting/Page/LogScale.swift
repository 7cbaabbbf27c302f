import Foundation

/// Where values stand on a logarithmic axis.
struct LogScale {
    /// The values at the axis's ends.
    let domain: ClosedRange<Double>
    /// Where these are in the drawing.
    let start, end: Double

    /// An axis for some positive values, with a little room at both ends; `nil` without any.
    ///
    /// - Parameters:
    ///   - values: What has to be on it.
    ///   - start: Where the lowest value is.
    ///   - end: Where the highest value is.
    ///   - room: The factor of the room at each end.
    init?(of values: [Double], from start: Double, to end: Double, room: Double = 1.25) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let low = positive.min(), let high = positive.max() else { return nil }
        // At least a factor of three, so that noise does not look like a mountain.
        let widening = max(1, (3 / (high / low)).squareRoot())
        domain = low / widening / room...high * widening * room
        self.start = start
        self.end = end
    }

    /// Where a positive value is.
    func position(_ value: Double) -> Double {
        let part = log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
        return start + part * (end - start)
    }

    /// Values to mark: powers of ten, and between them twice and five times these, where there is room for that.
    var ticks: [Double] {
        let decades = log10(domain.upperBound / domain.lowerBound)
        let steps: [Double] = decades > 3.5 ? [1] : [1, 2, 5]
        let first = Int(log10(domain.lowerBound).rounded(.down))
        let last = Int(log10(domain.upperBound).rounded(.up))
        return (first...max(first, last)).flatMap { power in steps.map { $0 * pow(10, Double(power)) } }
            .filter(domain.contains)
    }
}
