/// One result, as pure data: the table on the terminal, the JSON and the page are all drawn from rows.
struct Row: Codable, Equatable, Sendable {
    /// The part of the run that it is from, as `--only` names it.
    var part: String
    /// What was done: "append", "linear", "verify".
    var name: String
    /// In which way, where there are several: "on Swift's pool".
    var variant: String?
    /// The numbers that it was done with: `writers`, `flows`, `steps`, `instances`, `events`, …
    var parameters: [String: Double] = [:]
    /// The result.
    var value: Double
    /// What the value counts: "appends/s", "ms".
    var unit: String
    /// How long single operations took.
    var latency: Percentiles?
    /// The floor that was measured in turns with it.
    var floor: FloorRatio?
    /// What the design asks for.
    var bars: [Bar] = []
    /// What an acknowledged operation is safe from.
    var durability: Durability
    /// Microseconds of processors for one operation, in this process.
    var processorMicroseconds: Double?
    /// What has to be known to read the value right.
    var note: String?
}

/// What an acknowledged operation is safe from.
enum Durability: String, Codable, Sendable {
    /// A power failure: it is on stable storage.
    case synced
    /// A crash of the process, but not of the system.
    case buffered
    /// Nothing.
    case memory = "none (memory)"
}

/// How operations are distributed over the time that they took, in microseconds.
struct Percentiles: Codable, Equatable, Sendable {
    /// What took so long.
    var subject: String
    /// How many were looked at.
    var count: Int
    /// The time that half of them did not exceed.
    var p50: Double
    /// … 99 of 100.
    var p99: Double
    /// … 999 of 1,000.
    var p999: Double

    /// The percentiles of times; `nil` of none.
    ///
    /// - Parameters:
    ///   - times: Nanoseconds, in any order.
    ///   - subject: What took so long.
    init?(nanoseconds times: [Int64], subject: String) {
        let sorted = times.sorted()
        guard let last = sorted.last else { return nil }
        func percentile(_ fraction: Double) -> Double {
            let index = Int((Double(sorted.count) * fraction).rounded(.up)) - 1
            return Double(sorted.indices.contains(index) ? sorted[index] : last) / 1000
        }
        self.subject = subject
        count = sorted.count
        p50 = percentile(0.5)
        p99 = percentile(0.99)
        p999 = percentile(0.999)
    }
}

/// What nothing of the kind can be better than on this machine, measured in the same run, and how far the result is from it.
struct FloorRatio: Codable, Equatable, Sendable {
    /// What the floor is.
    var name: String
    /// The floor's value: the median of its rounds.
    var value: Double
    /// What that counts.
    var unit: String
    /// The result divided by the floor: the median of the rounds.
    var ratio: Double
    /// The same for each round.
    var perRound: [Double]

    /// A floor that was measured in rounds.
    ///
    /// - Parameters:
    ///   - name: What the floor is.
    ///   - value: The median of its rounds.
    ///   - unit: What that counts.
    ///   - perRound: The result divided by the floor, for each round.
    init(name: String, value: Double, unit: String, perRound: [Double]) {
        self.name = name
        self.value = value
        self.unit = unit
        self.perRound = perRound
        ratio = perRound.median
    }
}

/// A figure that the design asks to hold.
struct Bar: Codable, Equatable, Sendable {
    /// What it is about, in words that stand alone.
    var what: String
    /// The limit.
    var limit: Double
    /// Whether less than the limit misses the bar; otherwise more does.
    var isMinimum: Bool
    /// What the limit and the measured value count.
    var unit: String
    /// What was measured.
    var measured: Double
    /// Under what condition the bar holds at all, if it is not always.
    var condition: String?
    /// Whether it is met; `nil` if the condition was not given.
    var isMet: Bool?

    /// The limit with its sign.
    var limitText: String {
        "\(isMinimum ? "≥" : "≤") \(Format.limit(limit)) \(unit)"
    }
}

extension [Double] {
    /// The middle value; of an even number the mean of the two in the middle; 0 of nothing.
    var median: Double {
        let sorted = sorted()
        guard let upper = sorted.isEmpty ? nil : sorted[sorted.count / 2] else { return 0 }
        return sorted.count.isMultiple(of: 2) ? (sorted[sorted.count / 2 - 1] + upper) / 2 : upper
    }
}
