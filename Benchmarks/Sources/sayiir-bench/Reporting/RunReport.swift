import Foundation

/// A whole run: where and how it was measured, and its results. What the JSON file holds.
struct RunReport: Codable, Equatable, Sendable {
    /// Of the file's fields; a reader refuses others.
    var version = Self.version
    /// Where the figures come from.
    var header: RunHeader
    /// The results, in the order in which they were measured.
    var rows: [Row]
    /// What the run left out.
    var leftOut: [LeftOut]

    /// The version that this program writes and reads.
    static let version = 1

    /// The bars of all rows, each with its row.
    var bars: [(row: Row, bar: Bar)] { rows.flatMap { row in row.bars.map { (row, $0) } } }

    /// The JSON text.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads the JSON text.
    init(json: Data) throws {
        self = try JSONDecoder().decode(RunReport.self, from: json)
        guard version == Self.version else {
            throw BenchError("results of version \(version); this program reads version \(Self.version)")
        }
    }

    /// A run that was made.
    init(header: RunHeader, rows: [Row], leftOut: [LeftOut]) {
        self.header = header
        self.rows = rows
        self.leftOut = leftOut
    }
}

/// Where and how a run was measured.
struct RunHeader: Codable, Equatable, Sendable {
    /// When it began, as ISO 8601 in UTC.
    var date: String
    /// The repository's commit, with "+" behind it if something was changed since.
    var commit: String
    /// "quick" or "full".
    var mode: String
    /// The options that it was called with, as they were given.
    var options: [String]
    /// The processor's name.
    var processor: String
    /// How many cores were usable.
    var cores: Int
    /// The machine's memory.
    var memoryBytes: UInt64
    /// The operating system's name and release.
    var kernel: String
    /// The file system's type and mount options.
    var fileSystem: String
    /// Its device.
    var device: String
    /// What the word "synced" means in this run.
    var durability: String
    /// The version of Swift.
    var swift: String

    /// The facts to show above the results, in order.
    var facts: [(name: String, value: String)] {
        [
            ("date", date), ("commit", commit), ("mode", ([mode] + options).joined(separator: " ")),
            ("machine", "\(processor), \(cores) cores, \(Format.number(Double(memoryBytes) / 1_073_741_824)) GiB"),
            ("kernel", kernel), ("file system", "\(fileSystem) on \(device)"), ("durability", durability),
            ("Swift", swift),
        ]
    }
}

/// Something that a run did not measure.
struct LeftOut: Codable, Equatable, Sendable {
    /// The part, or a piece of one.
    var part: String
    /// Why.
    var reason: String
}
