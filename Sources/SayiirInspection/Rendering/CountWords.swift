/// A number with commas between its thousands.
func grouped(_ number: some FixedWidthInteger & UnsignedInteger) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
        digits.insert(",", at: place)
        place -= 3
    }
    return String(digits)
}

/// `1 frame`, `1,234 frames`.
func counted(_ number: Int, _ noun: String) -> String { counted(UInt64(clamping: number), noun) }

/// `1 frame`, `1,234 frames`.
func counted(_ number: UInt64, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
}

/// `1 branch`, `3 branches`.
func counted(_ number: Int, _ noun: String, plural: String) -> String {
    "\(grouped(UInt64(clamping: number))) \(number == 1 ? noun : plural)"
}

/// A number of bytes: `512 bytes`, `4.0 KiB`, `64.0 MiB`.
func byteWords(_ count: UInt64) -> String {
    if count < 1024 { return counted(count, "byte") }
    var (value, units) = (count, ["KiB", "MiB", "GiB", "TiB", "PiB"][...])
    while value >= 1024 * 1024, units.count > 1 {
        value /= 1024
        units.removeFirst()
    }
    // In 64 bits there are at most 16,384 PiB.
    return "\(grouped(value / 1024)).\(value % 1024 * 10 / 1024) \(units.first ?? "")"
}
