/// A floor and what stands on it, measured in turns: what disturbs the machine for a while then disturbs both.
struct Turns {
    /// The floor's rounds.
    private(set) var floors: [Measurement] = []
    /// The subject's rounds.
    private(set) var subjects: [Measurement] = []

    /// Measures both so many times. The first round of each is longer ago than the others for caches, and counts like them.
    static func take(
        _ rounds: Int, floor: () async throws -> Measurement, subject: () async throws -> Measurement
    ) async rethrows -> Turns {
        var turns = Turns()
        for _ in 0..<max(1, rounds) {
            turns.floors.append(try await floor())
            turns.subjects.append(try await subject())
        }
        return turns
    }

    /// All of the floor's rounds.
    var floor: Measurement { .joined(floors) }

    /// All of the subject's rounds.
    var subject: Measurement { .joined(subjects) }

    /// The subject's rate: the median of the rounds, which one disturbed round does not move.
    var rate: Double { subjects.map(\.rate).median }

    /// The floor's rate: the median of the rounds.
    var floorRate: Double { floors.map(\.rate).median }

    /// The floor's p50 in microseconds: the median of the rounds.
    var floorP50: Double { floors.compactMap { Percentiles(of: $0, subject: "")?.p50 }.median }

    /// The subject's rate as a part of the floor's: the median of the rounds.
    func rateRatio(_ name: String, unit: String) -> FloorRatio {
        let ratios = zip(subjects, floors).map { $1.rate > 0 ? $0.rate / $1.rate : 0 }
        return FloorRatio(name: name, value: floorRate, unit: unit, perRound: ratios)
    }

    /// The subject's 99th percentile as a multiple of the floor's: the median of the rounds.
    func tailRatio(_ name: String) -> FloorRatio {
        let tails = zip(subjects, floors).map { subject, floor in
            (
                Percentiles(of: subject, subject: "")?.p99 ?? 0, Percentiles(of: floor, subject: "")?.p99 ?? 0
            )
        }
        return FloorRatio(
            name: name, value: tails.map(\.1).median, unit: "µs", perRound: tails.map { $1 > 0 ? $0 / $1 : 0 })
    }
}
