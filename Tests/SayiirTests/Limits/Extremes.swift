/// Values at the ends of what a type can hold, and next to the ends of what an option may be.
enum Extremes {
    static let integers = [Int.min, Int.min + 1, -1, 0, 1, Int.max - 1, Int.max]
    static let sequences: [UInt64] = [0, 1, UInt64(Int64.max), UInt64(Int64.max) + 1, .max - 1, .max]
    /// The first and the last are beyond what `Duration.components` can hold.
    static let durations: [Duration] = [
        .seconds(Int64.min) * 10, .seconds(Int64.min), .seconds(-1), .nanoseconds(-1), .zero, .nanoseconds(1),
        .seconds(1), .seconds(200 * 365 * 86_400), .seconds(200 * 365 * 86_400 + 1), .seconds(Int64.max - 1),
        .seconds(Int64.max), .seconds(Int64.max) * 10,
    ]
}
