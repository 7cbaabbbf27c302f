/// The most memory that is resident while something is measured.
struct PeakMemory {
    private let before = Memory.residentBytes

    /// From here on.
    init() { Memory.resetPeak() }

    /// The peak in words, with what was resident before: parts that came earlier leave memory behind.
    var words: String { "peak resident memory \(Memory.peakBytes >> 20) MiB, \(before >> 20) MiB before" }
}
