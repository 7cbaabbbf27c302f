extension Timestamp {
    /// `2026-03-01 12:34:56`, in UTC; what is below a second is cut off.
    package var dateAndTime: String { "\(date) \(timeOfDay)" }

    /// `2026-03-01`, in UTC.
    package var date: String { String(description.prefix(10)) }

    /// `12:34:56`, in UTC.
    package var timeOfDay: String { String(description.dropFirst(11).prefix(8)) }
}
